import { memoryRecords, redisRecords } from '../../support/records';
import { createTransport } from 'nodemailer';
import { redisState } from '../../../src/redis';
import { smtpEmail } from '../../../src/smtp';
import { createMfa } from '../../../src/index';
import type { EmailMessage, EmailSender } from '../../../src/index';
import { giveApp, giveRecoveryCode } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal, TEST_KEY } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { startSmtpInbox } from '../../support/smtp-inbox';
import { totpCode, wrongCode } from '../../support/totp';

const HOUR = 3_600_000;

/** A mail server that is down until it is told otherwise. */
function mailServer() {
  const sent: EmailMessage[] = [];
  const server = { up: false, tries: 0 };
  const email: EmailSender = {
    async send(message) {
      server.tries += 1;
      if (!server.up) throw new Error('connect ECONNREFUSED');
      sent.push(message);
    },
  };
  return { server, sent, email };
}

async function portalWith(change: Parameters<typeof createPortal>[0]) {
  const portal = createPortal(change);
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const app = await giveApp(portal, 'ada');
  return { portal, app };
}

/** Signs Ada in by a recovery code, of which she is told. */
async function useRecoveryCode(portal: Portal) {
  const code = await giveRecoveryCode(portal, 'ada');
  const ada = visit(portal);
  await ada.logIn('ada');
  await ada.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
  const used = await ada.postJson('/mfa/challenge', { code });
  expect(used.body).toMatchObject({ outcome: 'signed-in' });
}

const eventsOf = async (portal: Portal, name: string) => {
  await portal.mfa.settled();
  return (await portal.records.listEvents({ organizationId: 'acme', limit: 100, names: [name] })).events;
};

describe('a notice that the mail server does not take', () => {
  it('is sent again when the server is back, once', async () => {
    const { server, sent, email } = mailServer();
    const { portal } = await portalWith({ email });
    await useRecoveryCode(portal);
    expect(await eventsOf(portal, 'notice-failed')).toHaveLength(1);
    expect(await portal.mfa.retryNotices()).toBe(0);
    portal.clock.advance(30_000);
    expect(await portal.mfa.retryNotices()).toBe(0);
    expect(server.tries).toBe(2);
    server.up = true;
    portal.clock.advance(60_000);
    expect(await portal.mfa.retryNotices()).toBe(1);
    portal.clock.advance(HOUR);
    expect(await portal.mfa.retryNotices()).toBe(0);
    expect(sent.map(({ to, subject }) => [to, subject])).toEqual([
      ['ada@acme.example', 'A recovery code was used at Acme Portal'],
    ]);
    expect(await eventsOf(portal, 'notice-abandoned')).toEqual([]);
  });

  it('is tried less and less often, and given up with an event after three days', async () => {
    const { server, email } = mailServer();
    const { portal } = await portalWith({ email });
    await useRecoveryCode(portal);
    await portal.mfa.settled();
    for (let hour = 0; hour < 80; hour += 1) {
      portal.clock.advance(HOUR);
      await portal.mfa.retryNotices();
    }
    expect(server.tries).toBeGreaterThan(60);
    expect(server.tries).toBeLessThan(80);
    const abandoned = await eventsOf(portal, 'notice-abandoned');
    expect(abandoned).toHaveLength(1);
    expect(abandoned[0]).toMatchObject({
      userId: 'ada',
      details: { notice: 'recovery-code-used', because: 'too-old' },
    });
    expect(await portal.records.notices.claim({ now: portal.clock.now() * 2, limit: 9, untilAt: 0 })).toEqual(
      [],
    );
    expect(await eventsOf(portal, 'notice-failed')).toHaveLength(1);
  });

  it('waits no longer where a clock ahead has kept it', async () => {
    const { server, email } = mailServer();
    const { portal } = await portalWith({ email });
    const month = 30 * 24 * HOUR;
    portal.clock.advance(month);
    await useRecoveryCode(portal);
    await portal.mfa.settled();
    portal.clock.advance(-month);
    for (let hour = 0; hour < 80; hour += 1) {
      portal.clock.advance(HOUR);
      await portal.mfa.retryNotices();
    }
    expect(server.tries).toBeGreaterThan(60);
    expect(await eventsOf(portal, 'notice-abandoned')).toMatchObject([{ details: { because: 'too-old' } }]);
  });

  it('does not delay the answer', async () => {
    const waiting: (() => void)[] = [];
    const email: EmailSender = { send: () => new Promise((resolve) => waiting.push(resolve)) };
    const { portal } = await portalWith({ email });
    await useRecoveryCode(portal);
    for (const resolve of waiting) resolve();
    await portal.mfa.settled();
    expect(await eventsOf(portal, 'notice-failed')).toEqual([]);
  });

  it('waits with no secret and no address in the clear', async () => {
    const { email } = mailServer();
    const { portal, app } = await portalWith({ email });
    for (let login = 0; login < 2; login += 1) {
      const attacker = visit(portal);
      await attacker.logIn('ada');
      const code = wrongCode(totpCode(app.secret, portal.clock.now()));
      for (let guess = 0; guess < 5; guess += 1) await attacker.postJson('/mfa/challenge', { code });
    }
    await portal.mfa.settled();
    const kept = await portal.records.notices.claim({ now: portal.clock.now() + HOUR, limit: 9, untilAt: 0 });
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toMatch(/acme\.example|token=/);
    expect(JSON.stringify(kept)).toContain('proofs-locked');
  });

  it('about a lock has a new link when it is sent, as long as the lock lasts', async () => {
    const { server, sent, email } = mailServer();
    const { portal, app } = await portalWith({ email });
    for (let login = 0; login < 2; login += 1) {
      const attacker = visit(portal);
      await attacker.logIn('ada');
      const code = wrongCode(totpCode(app.secret, portal.clock.now()));
      for (let guess = 0; guess < 5; guess += 1) await attacker.postJson('/mfa/challenge', { code });
    }
    await portal.mfa.settled();
    server.up = true;
    portal.clock.advance(60_000);
    await portal.mfa.retryNotices();
    const mail = sent.find(({ subject }) => subject.startsWith('Too many wrong codes'));
    const token = /unlock\?token=([\w-]{43})/.exec(mail?.text ?? '')?.[1];
    expect((await visit(portal).getJson(`/mfa/unlock?token=${token}`)).status).toBe(200);
  });

  it('to an address that is refused is given up at once', async () => {
    const { email } = mailServer();
    const { portal } = await portalWith({ email });
    const ada = portal.users.get('ada');
    if (ada === undefined) throw new Error('No Ada.');
    portal.users.set('ada', { ...ada, email: 'ada@acme.example, eve@evil.example' });
    await useRecoveryCode(portal);
    expect(await eventsOf(portal, 'notice-abandoned')).toMatchObject([
      { details: { because: 'destination-refused' } },
    ]);
  });
});

describe('a notice that was under way when its process ended', () => {
  it('is sent by another process', async () => {
    const records = memoryRecords();
    const stuck: (() => void)[] = [];
    const ending: EmailSender = { send: () => new Promise((resolve) => stuck.push(resolve)) };
    const { portal } = await portalWith({ email: ending, records, emailTimeoutSeconds: 30 });
    await useRecoveryCode(portal);
    const { sent, server, email } = mailServer();
    server.up = true;
    const other = createMfa({
      issuer: 'Acme Portal',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      email,
      clock: portal.clock,
      records,
      state: portal.state,
      users: { findById: () => null },
    });
    expect(await other.retryNotices()).toBe(0);
    portal.clock.advance(120_000);
    expect(await other.retryNotices()).toBe(1);
    expect(sent).toHaveLength(1);
    for (const resolve of stuck) resolve();
    await portal.mfa.settled();
  });
});

describe('notices by a real mail server, kept in Redis', () => {
  it('arrive when it is back', async () => {
    const inbox = await startSmtpInbox();
    const redis = connectRedis();
    const transport = createTransport(inbox.url);
    const email = smtpEmail({ transport, from: 'no-reply@acme.example' });
    const { portal } = await portalWith({ email, records: redisRecords(redis), state: redisState(redis) });
    await inbox.down();
    await useRecoveryCode(portal);
    await portal.mfa.settled();
    await inbox.accept();
    portal.clock.advance(30_000);
    expect(await portal.mfa.retryNotices()).toBe(1);
    const mail = await inbox.mails.next();
    expect(mail.envelopeTo).toEqual(['ada@acme.example']);
    await portal.mfa.settled();
    transport.close();
    redis.disconnect();
    await inbox.stop();
  });
});
