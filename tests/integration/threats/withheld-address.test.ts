import { createPortal } from '../../support/portal';
import type { PortalUser } from '../../support/portal';
import { visit } from '../../support/member';
import { plantApp } from '../../support/planted';

// A host withholds an address, such as that of a shared mailbox or of an account that is not verified, by saying that there is
// none. The user's row still has it: whoever reads that mailbox must get no code and no notice.

const policy = { enabled: true, enrollment: 'assigned', methods: ['totp', 'sms', 'email'] } as const;
const member = { userId: 'mary', organizationId: 'acme' };

describe.each([undefined, null, ''])('an address that the host withholds by %p', (none) => {
  it('gets no code, also where a text message fails', async () => {
    const outbox: string[] = [];
    const portal = createPortal({
      account: () => ({ email: none }),
      email: { send: async ({ to }) => void outbox.push(to) },
      sms: { send: () => Promise.reject(new Error('The provider is down.')) },
    });
    await portal.mfa.policies.save('acme', policy);
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    const guest = visit(portal);
    const { body } = await guest.logIn('mary');
    expect(body).not.toMatchObject({ sent: { kind: 'email' } });
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    expect((await visit(portal).logIn('mary')).body.outcome).not.toBe('challenge');
    await portal.mfa.settled();
    expect(outbox).toEqual([]);
  });

  it('gets no notice', async () => {
    const portal = createPortal({ account: () => ({ email: none }) });
    await portal.mfa.policies.save('acme', policy);
    await plantApp(portal, 'mary');
    const reset = await portal.mfa.members.reset(member, { reason: 'The phone is lost' });
    expect(reset).toEqual({ outcome: 'reset', removed: 1 });
    await portal.mfa.settled();
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is not texted either', async () => {
    const portal = createPortal({ account: () => ({ phone: none }) });
    await portal.mfa.policies.save('acme', policy);
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    await visit(portal).logIn('mary');
    await portal.mfa.settled();
    expect(portal.outbox.messages.filter(({ channel }) => channel === 'sms')).toEqual([]);
  });
});

describe('an account function that a host got wrong', () => {
  it.each([
    ['is a promise', async () => ({ email: null })],
    ['answers with nothing', () => undefined],
    ['answers with text for a switch', () => ({ federated: 'no' })],
  ])('lets nobody in where it %s', async (_name, account) => {
    const portal = createPortal({ account: account as (user: PortalUser) => object });
    const answered = await visit(portal).logIn('mary');
    expect(answered.status).toBe(500);
    expect((await visit(portal).getJson('/whoami')).body.authenticated).toBe(false);
    expect(portal.errors.at(-1)).toMatchObject({ name: 'ConfigurationError' });
  });
});
