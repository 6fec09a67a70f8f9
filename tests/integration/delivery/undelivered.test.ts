import request from 'supertest';
import { DeliveryError, memoryState } from '../../../src/index';
import type { EmailSender, SmsSender, StateStore } from '../../../src/index';
import { twilioSms } from '../../../src/delivery/twilio-sms';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { startTwilioApi } from '../../support/twilio-api';
import type { TwilioApi } from '../../support/twilio-api';

// The provider reports that a text message did not arrive, and the code goes by email. Each report is an order to send a
// code to somebody, so an old, a late or a repeated one sends nothing.

const CALLBACK = 'http://localhost/mfa/sms-status';

let twilioApi: TwilioApi;
beforeAll(async () => {
  twilioApi = await startTwilioApi();
});
afterAll(() => twilioApi.stop());

async function atChallenge(change: Parameters<typeof createPortal>[0] = {}) {
  twilioApi.messages.clear();
  const { authToken } = twilioApi;
  const sms = twilioSms({ client: twilioApi.createClient(), from: '+15005550001', authToken });
  const portal = createPortal({ sms, ...change });
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  const person = addPerson(portal);
  const member = { userId: person.id, organizationId: 'acme' };
  await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
  const guest = visit(portal);
  await guest.logIn(person.username);
  const message = await twilioApi.messages.next();
  return { portal, guest, message, person, email: person.email ?? '' };
}

type Message = Awaited<ReturnType<typeof atChallenge>>['message'];

async function report(portal: Portal, message: Message, status: 'delivered' | 'undelivered') {
  const { url, headers, fields } = twilioApi.statusCallback({ ...message, statusCallback: CALLBACK }, status);
  const { pathname } = new URL(url);
  const answer = await request(portal.app).post(pathname).set(headers).type('form').send(fields);
  expect(answer.status).toBe(204);
  await portal.mfa.settled();
  return portal.outbox.messages.filter(({ text }) => /\b\d{6}\b/.test(text)).length;
}

describe('a text message that did not arrive', () => {
  it('is made up for by email, once, and the new code alone gets in', async () => {
    const { portal, guest, message, email } = await atChallenge();
    expect(await report(portal, message, 'undelivered')).toBe(1);
    expect(await report(portal, message, 'undelivered')).toBe(1);
    expect((await guest.get('/mfa/challenge')).text).toContain('We sent a 6-digit code to');
    const proven = await guest.postJson('/mfa/challenge', { code: guest.newestCode(email) });
    expect(proven.body.outcome).toBe('signed-in');
  });

  /** Signs somebody in, with a report that comes while the message is still being sent. */
  async function reportedEarly(prepare: (portal: Portal) => Promise<void> = async () => undefined) {
    twilioApi.messages.clear();
    const { authToken } = twilioApi;
    const sender = twilioSms({ client: twilioApi.createClient(), from: '+15005550001', authToken });
    let portal: Portal | undefined;
    const sms: SmsSender = {
      ...sender,
      async send(message, signal) {
        const sent = await sender.send(message, signal);
        if (portal !== undefined) await report(portal, await twilioApi.messages.next(), 'undelivered');
        return sent;
      },
    };
    portal = createPortal({ sms });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    await prepare(portal);
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    await portal.mfa.settled();
    return { guest, portal, email: person.email ?? '' };
  }

  it('is made up for where the report comes before the provider has answered', async () => {
    const { guest, email } = await reportedEarly();
    const proven = await guest.postJson('/mfa/challenge', { code: guest.newestCode(email) });
    expect(proven.body.outcome).toBe('signed-in');
  });

  it('is left alone where more reports of unknown messages came in a minute than anybody sends', async () => {
    const { portal } = await reportedEarly(async ({ state }) => {
      const early = state.throttle({ name: 'early-reports', points: 1000, seconds: 60 });
      await Promise.all(Array.from({ length: 1000 }, () => early.spend('all')));
    });
    expect(portal.outbox.messages).toEqual([]);
  });

  it('sends nothing by a report of a message that nobody sent, however many there are', async () => {
    const { portal, message } = await atChallenge();
    for (let number = 0; number < 20; number += 1)
      expect(await report(portal, { ...message, sid: `SM${number}` }, 'undelivered')).toBe(0);
    expect(await report(portal, message, 'undelivered')).toBe(1);
  });

  it('is reported as a fallback', async () => {
    const { portal, message } = await atChallenge();
    const reported: unknown[] = [];
    portal.mfa.events.on('event', ({ name, details }) => reported.push({ name, details }));
    await report(portal, message, 'undelivered');
    const details = { kind: 'email', purpose: 'login', because: 'undelivered' };
    expect(reported).toEqual([{ name: 'delivery-fell-back', details }]);
  });

  it('is reported as a failure where the mail fails too, and the page says that no code went out', async () => {
    const email: EmailSender = {
      async send() {
        throw new Error('The mail server is down.');
      },
    };
    const { portal, guest, message } = await atChallenge({ email });
    const reported: unknown[] = [];
    portal.mfa.events.on('event', ({ name, details }) => reported.push({ name, details }));
    await report(portal, message, 'undelivered');
    const details = { kind: 'email', purpose: 'login', because: 'undelivered' };
    expect(reported).toContainEqual({ name: 'delivery-failed', details });
    expect(reported).not.toContainEqual({ name: 'delivery-fell-back', details });
    expect((await guest.get('/mfa/challenge')).text).toContain('The message wasn’t sent.');
  });

  it('keeps the code of a mail whose sender timed out, since it may still arrive', async () => {
    let mailed = '';
    const email: EmailSender = {
      async send({ text }) {
        mailed = /\b\d{6}\b/.exec(text)?.[0] ?? '';
        throw new DeliveryError('timed-out', 'The mail server did not answer.');
      },
    };
    const { portal, guest, message } = await atChallenge({ email });
    await report(portal, message, 'undelivered');
    expect((await guest.postJson('/mfa/challenge', { code: mailed })).body.outcome).toBe('signed-in');
  });

  it('is left alone where the login ends before the mail is sent', async () => {
    const memory = memoryState();
    let end: (() => Promise<unknown>) | undefined;
    let pendingId = '';
    const state: StateStore = {
      ...memory,
      createPendingLogin(pending, first) {
        pendingId = pending.id;
        return memory.createPendingLogin(pending, first);
      },
      async spendSendBudgets(...given) {
        await end?.();
        return memory.spendSendBudgets(...given);
      },
    };
    const { portal, message, person } = await atChallenge({ state });
    end = () => memory.endPendingLogin(person.id, pendingId);
    expect(await report(portal, message, 'undelivered')).toBe(0);
    expect(portal.errors).toEqual([]);
  });

  it('is left alone where the person has no mailbox any more, or is gone', async () => {
    for (const change of ['no mailbox', 'gone']) {
      const { portal, message, person } = await atChallenge();
      const { email: _, ...withoutMailbox } = person;
      if (change === 'gone') portal.users.delete(person.id);
      else portal.users.set(person.id, withoutMailbox);
      expect(await report(portal, message, 'undelivered')).toBe(0);
      expect(portal.errors).toEqual([]);
    }
  });

  it('is left alone where the policy no longer lets a text fall back', async () => {
    const { portal, message } = await atChallenge();
    await portal.mfa.policies.save('acme', { smsFallback: false });
    expect(await report(portal, message, 'undelivered')).toBe(0);
  });

  it('is left alone where the person signed in by a link to that mailbox', async () => {
    const { portal, person } = await atChallenge();
    const guest = visit(portal);
    await guest.post(`/link/${person.id}`);
    portal.clock.advance(60_000);
    twilioApi.messages.clear();
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'on-file-sms' });
    expect(await report(portal, await twilioApi.messages.next(), 'undelivered')).toBe(0);
  });

  it('is left alone where it arrived', async () => {
    const { portal, message } = await atChallenge();
    expect(await report(portal, message, 'delivered')).toBe(0);
  });

  it('is left alone where another code was asked for since', async () => {
    const { portal, guest, message } = await atChallenge();
    portal.clock.advance(31_000);
    expect((await guest.postJson('/mfa/challenge/resend')).body.outcome).toBe('sent');
    expect(await report(portal, message, 'undelivered')).toBe(0);
  });

  it('is left alone when its code is over', async () => {
    const { portal, message } = await atChallenge();
    portal.clock.advance(5 * 60_000);
    expect(await report(portal, message, 'undelivered')).toBe(0);
  });

  it('is left alone where the person has had enough codes', async () => {
    const sends = { perUser: [{ max: 1, seconds: 86_400 }] };
    const { portal, message } = await atChallenge({ sends });
    expect(await report(portal, message, 'undelivered')).toBe(0);
  });

  it('is left alone where another method is asked for since', async () => {
    const { portal, guest, message, person } = await atChallenge();
    const app = await plantApp(portal, person.id);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: app.id });
    expect(await report(portal, message, 'undelivered')).toBe(0);
  });
});
