import { createOutbox } from '../../../src/index';
import type { MfaEvent, SmsSender } from '../../../src/index';
import { createClock } from '../../support/clock';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// The attack: somebody with the password and the mailbox makes text messages fail, and takes the code that is emailed instead for
// a proof of the phone.

/** A sender that reports by callback, and that can be made to fail. */
function createSms(): {
  readonly sender: SmsSender;
  readonly outbox: ReturnType<typeof createOutbox>;
  fails: boolean;
} {
  const outbox = createOutbox({ clock: createClock() });
  const sms = {
    fails: false,
    outbox,
    sender: {
      async send(message, signal) {
        if (sms.fails) throw new Error('The provider is down.');
        await outbox.sms.send(message, signal);
        return { messageId: `message-${outbox.messages.length}` };
      },
      readStatus: ({ body }) => ({ messageId: body['MessageSid'] ?? '', undelivered: true }),
    } satisfies SmsSender as SmsSender,
  };
  return sms;
}

type Way = 'text' | 'email because the text failed' | 'email because the text was not delivered';

describe.each(storeKinds)('a code for the phone on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const sms = createSms();
  const portal = createPortal({ records, state, sms: sms.sender });
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'assigned',
      methods: ['totp', 'sms'],
      rememberBrowserSeconds: 86_400,
    });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  async function signIn(way: Way): Promise<{ readonly member: Member; readonly person: PortalUser }> {
    const person = addPerson(portal);
    const { phone = '', email = '' } = person;
    await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    events.length = 0;
    const member = visit(portal);
    sms.fails = way === 'email because the text failed';
    await member.logIn(person.username);
    sms.fails = false;
    if (way === 'email because the text was not delivered')
      await member.post('/mfa/sms-status', { MessageSid: `message-${sms.outbox.messages.length}` });
    const page = await member.get('/mfa/challenge');
    expect(page.text.includes('name="rememberBrowser"')).toBe(way === 'text');
    const code = way === 'text' ? newestText(phone) : member.newestCode(email);
    const proven = await member.postJson('/mfa/challenge', { code, rememberBrowser: true });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    return { member, person };
  }

  function newestText(phone: string): string {
    const text = sms.outbox.messages.findLast(({ to }) => to === phone)?.text ?? '';
    return /\b(\d{6})\b/.exec(text)?.[1] ?? '';
  }

  const emailed = { assuranceLevel: 1, amr: ['pwd', 'otp'] };

  it.each<{ way: Way; session: object; method: string; details: object; allowed: boolean }>([
    {
      way: 'text',
      session: { assuranceLevel: 2, amr: ['pwd', 'sms'] },
      method: 'sms',
      details: { kind: 'sms', purpose: 'login' },
      allowed: true,
    },
    ...(['email because the text failed', 'email because the text was not delivered'] as const).map(
      (way) => ({
        way,
        session: emailed,
        method: 'email',
        details: { kind: 'email', purpose: 'login', fallbackFrom: 'sms' },
        allowed: false,
      }),
    ),
  ])('sent by $way proves that channel everywhere', async ({ way, session, method, details, allowed }) => {
    const { member } = await signIn(way);
    expect((await member.getJson('/')).body.session).toMatchObject({ assurance: 'multi-factor', ...session });
    const listed = await member.getJson('/mfa/sessions');
    expect(listed.body.sessions).toMatchObject([{ methods: ['password', method] }]);
    expect(events.find(({ name }) => name === 'proof-accepted')?.details).toEqual(details);
    expect(member.cookie('mfa-browser') !== undefined).toBe(allowed);

    const payout = await member.postJson('/payouts');
    expect(payout.body).toMatchObject(
      allowed ? { paid: true } : { outcome: 'challenge', because: 'authentication-too-old' },
    );
    const changed = await member.postJson('/mfa/enroll/totp');
    expect(changed.body.outcome).toBe(allowed ? 'enrollment-started' : 'challenge');
    const removed = await member.postJson('/mfa/settings/recovery-codes');
    expect(removed.status).toBe(allowed ? 200 : 401);
  });

  it('is not emailed for a step-up, and the code that was texted for it is all that counts', async () => {
    const { member, person } = await signIn('email because the text failed');
    const { phone = '', email = '' } = person;
    const mailsBefore = mailsTo(portal, email);
    const [authenticator] = (await member.getJson('/mfa/state')).body.authenticators;
    portal.clock.advance(120_000);
    sms.fails = true;
    const asked = await member.postJson('/mfa/step-up', { authenticatorId: authenticator.id });
    sms.fails = false;
    expect(asked.body).toMatchObject({ because: 'delivery-failed' });
    expect(mailsTo(portal, email)).toBe(mailsBefore);

    portal.clock.advance(120_000);
    await member.postJson('/mfa/step-up', { authenticatorId: authenticator.id });
    await member.post('/mfa/sms-status', { MessageSid: `message-${sms.outbox.messages.length}` });
    expect(mailsTo(portal, email)).toBe(mailsBefore);
    const proven = await member.postJson('/mfa/step-up', { code: newestText(phone) });
    expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
    expect((await member.postJson('/payouts')).body).toEqual({ paid: true });
  });

  it('is not emailed at sign-in either where the policy says so', async () => {
    const person = addPerson(portal);
    const { phone = '', email = '' } = person;
    await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    await portal.mfa.policies.save('acme', { smsFallback: false });
    const member = visit(portal);
    sms.fails = true;
    const { body } = await member.logIn(person.username);
    sms.fails = false;
    expect(body).toMatchObject({ notSent: { because: 'delivery-failed' } });
    portal.clock.advance(120_000);
    await member.postJson('/mfa/challenge/resend');
    await portal.mfa.policies.save('acme', { smsFallback: true });
    await member.post('/mfa/sms-status', { MessageSid: `message-${sms.outbox.messages.length}` });
    expect(mailsTo(portal, email)).toBe(0);
  });
});

function mailsTo({ outbox }: Portal, address: string): number {
  return outbox.messages.filter(({ to }) => to === address).length;
}
