import { createOutbox } from '../../../src/index';
import type { EmailSender, SmsSender } from '../../../src/index';
import { addPerson, visit } from '../../support/member';
import { plantAddress, plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack on a bad day: mail or SMS are down or never answer. Nobody waits without end, no code that arrived is
// burned, and the other factors work.

type Fault = 'none' | 'fails' | 'hangs';

function breakable() {
  const outbox = createOutbox();
  let fault: Fault = 'none';
  const instead = async <Sent>(send: () => Promise<Sent>): Promise<Sent> => {
    if (fault === 'fails') throw new Error('The provider is down.');
    return fault === 'hangs' ? new Promise<Sent>(() => undefined) : send();
  };
  const email: EmailSender = { send: (message, signal) => instead(() => outbox.email.send(message, signal)) };
  const sms: SmsSender = { send: (message, signal) => instead(() => outbox.sms.send(message, signal)) };
  const portal = createPortal({ email, sms, emailTimeoutSeconds: 0.05, smsTimeoutSeconds: 0.05 });
  return {
    portal: { ...portal, outbox },
    become: (next: Fault): void => {
      fault = next;
    },
  };
}

/** A sender that fails has sent nothing. One that hangs may have: the person is told to expect the code, and may go on without. */
const ANSWERS = {
  fails: {
    asked: [503, { because: 'delivery-failed' }],
    loggedIn: { notSent: { because: 'delivery-failed' } },
    enrolling: [503, { because: 'delivery-failed' }],
  },
  hangs: {
    asked: [200, { outcome: 'sent', sent: { delayed: true } }],
    loggedIn: { sent: { delayed: true } },
    enrolling: [200, { outcome: 'enrollment-started', email: { delayed: true } }],
  },
} as const;

describe.each(['fails', 'hangs'] as const)('a sender that %s', (fault) => {
  const { asked, loggedIn, enrolling } = ANSWERS[fault];
  const { portal, become } = breakable();
  const { clock, mfa } = portal;

  beforeAll(async () => {
    await mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });
  afterEach(() => become('none'));
  afterAll(() => mfa.settled());

  it('leaves the login open for another try and for the other factors', async () => {
    const person = addPerson(portal);
    const byEmail = await plantAddress(portal, person.id, { kind: 'email', destination: person.email ?? '' });
    const { id: app, secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    become(fault);
    const chosen = await guest.postJson('/mfa/challenge/factor', { authenticatorId: byEmail });
    expect([chosen.status, chosen.body]).toMatchObject(asked);
    expect((await guest.postJson('/mfa/challenge', { code: '000000' })).body.outcome).toBe('rejected');
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: app });
    const answer = await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.body.outcome).toBe('signed-in');
  });

  it('answers the password all the same, and a recovery code gets in', async () => {
    const person = addPerson(portal);
    await plantAddress(portal, person.id, { kind: 'sms', destination: person.phone ?? '' });
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    become(fault);
    const guest = visit(portal);
    const login = await guest.logIn(person.username);
    expect([login.status, login.body]).toMatchObject([200, loggedIn]);
    expect((await guest.get('/mfa/challenge')).status).toBe(200);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect((await guest.postJson('/mfa/challenge', { code: recoveryCode })).body.outcome).toBe('signed-in');
  });

  it('burns no code that arrived before', async () => {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const code = guest.newestCode(person.email ?? '');
    clock.advance(30_000);
    become(fault);
    const resent = await guest.postJson('/mfa/challenge/resend');
    expect([resent.status, resent.body]).toMatchObject(asked);
    become('none');
    expect((await guest.postJson('/mfa/challenge/resend')).status).toBe(429);
    expect((await guest.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
  });

  it('binds no address at enrollment', async () => {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await mfa.members.save(member, { enabled: true });
    const guest = visit(portal);
    await guest.logIn(person.username);
    become(fault);
    const started = await guest.postJson('/mfa/enroll/email');
    expect([started.status, started.body]).toMatchObject(enrolling);
    const confirmed = await guest.postJson('/mfa/enroll/email/confirm', { code: '000000' });
    expect(confirmed.body.outcome).toBe('rejected');
    expect((await portal.records.findMember(person.id, 'acme')).authenticators).toEqual([]);
  });
});
