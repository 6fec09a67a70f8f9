import type { SmsSender } from '../../../src/index';
import { createHeldSenders } from '../../support/held-senders';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { wrongCode } from '../../support/totp';

const BROKEN: SmsSender = {
  async send() {
    throw new Error('The provider is down.');
  },
};

/** What is reported while a person who has to type a code of this kind signs in. */
async function reportedFor(kind: 'email' | 'sms', change: Parameters<typeof createPortal>[0] = {}) {
  const portal = createPortal(change);
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  const person = addPerson(portal);
  await portal.mfa.members.save(
    { userId: person.id, organizationId: 'acme' },
    { enabled: true, assignedKind: kind },
  );
  await portal.mfa.settled();
  const reported: unknown[] = [];
  portal.mfa.events.on('event', ({ name, userId, details }) => {
    if (userId === person.id) reported.push({ name, details });
  });
  const guest = visit(portal);
  await guest.logIn(person.username);
  await portal.mfa.settled();
  return { portal, reported, guest, email: person.email ?? '' };
}

describe('a code at sign-in', () => {
  it.each(['email', 'sms'] as const)('by %s is reported as asked for and as sent', async (kind) => {
    const { reported } = await reportedFor(kind);
    expect(reported).toEqual([
      expect.objectContaining({ name: 'password-accepted' }),
      { name: 'challenge-issued', details: { kind, purpose: 'login' } },
      { name: 'code-sent', details: { kind, purpose: 'login' } },
    ]);
  });

  it('that goes by email in place of a text is reported as a fallback', async () => {
    const { reported } = await reportedFor('sms', { sms: BROKEN });
    expect(reported).toContainEqual({
      name: 'delivery-fell-back',
      details: { kind: 'email', purpose: 'login' },
    });
    expect(reported).not.toContainEqual(expect.objectContaining({ name: 'code-sent' }));
  });

  it('whose sender is too slow is reported as failed, and as sent once it is', async () => {
    const senders = createHeldSenders();
    senders.set('email', 'holds');
    const { reported, portal } = await reportedFor('email', {
      email: senders.email,
      emailTimeoutSeconds: 0.05,
    });
    const details = { kind: 'email', purpose: 'login' };
    expect(reported.splice(0).at(-1)).toEqual({
      name: 'delivery-failed',
      details: { ...details, because: 'timed-out' },
    });
    await senders.letGo();
    await portal.mfa.settled();
    expect(reported).toEqual([{ name: 'code-sent', details }]);
  });

  it('that is wrong is reported with the reason', async () => {
    const { reported, guest, email } = await reportedFor('email');
    reported.splice(0);
    await guest.postJson('/mfa/challenge', { code: wrongCode(guest.newestCode(email)) });
    expect(reported).toEqual([
      { name: 'proof-rejected', details: { because: 'wrong-code', purpose: 'login', kind: 'email' } },
    ]);
  });
});

describe('a code that confirms an address', () => {
  /** What is reported while somebody sets up a phone in a login. */
  async function reportedForPhone(change: Parameters<typeof createPortal>[0] = {}) {
    const portal = createPortal(change);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const reported: unknown[] = [];
    portal.mfa.events.on('event', ({ name, details }) => reported.push({ name, details }));
    const begun = await guest.postJson('/mfa/enroll/sms', { phone: person.phone });
    return { reported, guest, begun, phone: person.phone ?? '' };
  }

  const details = { kind: 'sms', purpose: 'enroll' };

  it('is reported as sent, and the enrollment as started', async () => {
    const { reported } = await reportedForPhone();
    expect(reported).toEqual([
      { name: 'code-sent', details },
      { name: 'enrollment-started', details },
    ]);
  });

  it('is reported as a failure where it was not sent, and the page asks for the number again', async () => {
    const { reported, guest, begun } = await reportedForPhone({ sms: BROKEN });
    expect(begun.body).toMatchObject({ because: 'delivery-failed' });
    expect(reported).toEqual([{ name: 'delivery-failed', details }]);
    const page = await guest.get('/mfa/enroll/sms');
    expect(page.text).toContain('name="phone"');
    expect(page.text).not.toContain('name="code"');
  });

  it('that is wrong is reported with the reason', async () => {
    const { reported, guest, phone } = await reportedForPhone();
    reported.splice(0);
    await guest.postJson('/mfa/enroll/sms/confirm', { code: wrongCode(guest.newestCode(phone)) });
    expect(reported).toEqual([
      { name: 'proof-rejected', details: { because: 'wrong-code', purpose: 'enroll', kind: 'sms' } },
    ]);
  });
});
