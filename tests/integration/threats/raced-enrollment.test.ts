import { holdVisit, postHeld } from '../../support/held-visit';
import { addPerson, visit } from '../../support/member';
import { giveApp, signInWithApp } from '../../support/own-factors';
import { createPortal } from '../../support/portal';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: somebody knows the password of a member who has nothing enrolled yet. They wait with a login of their own until the
// owner sets up an app, and confirm theirs in the same moment, so that both are bound and the owner notices nothing at the
// sign-in. Or an enrollment, or a new set of recovery codes, is held back until an administrator has reset the member, and lands in
// the clean account.

describe.each(allStoreKinds)('an enrollment held to the last moment, on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  let beforeWriting = (): Promise<void> => Promise.resolve();
  const portal = createPortal({
    state,
    records: {
      ...records,
      write: async (...change) => {
        await beforeWriting();
        return records.write(...change);
      },
    },
  });
  /** Another process: changes of one user are queued within each. */
  const elsewhere = createPortal({ state, records });

  beforeAll(() => portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' }));
  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  async function readyToConfirm(username: string) {
    const guest = visit(portal);
    await guest.logIn(username);
    const { body } = await guest.postJson('/mfa/enroll/totp');
    const held = await holdVisit(guest);
    const code = totpCode(body.totp.secret, portal.clock.now());
    return { confirm: () => postHeld(portal.app, held, '/mfa/enroll/totp/confirm', { code }) };
  }

  it('binds one of two, and leaves the recovery codes that its owner was shown', async () => {
    const person = addPerson(portal);
    const both = [await readyToConfirm(person.username), await readyToConfirm(person.username)];
    const answers = await Promise.all(both.map(({ confirm }) => confirm()));
    expect(answers.map(({ body }) => body.outcome as string).toSorted()).toEqual(['enrolled', 'rejected']);
    const member = await records.findMember(person.id, 'acme');
    expect(member.authenticators).toHaveLength(1);
    const [shown = ''] = answers.find(({ body }) => body.outcome === 'enrolled')?.body.recoveryCodes ?? [];
    const owner = visit(portal);
    await owner.logIn(person.username);
    await owner.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect((await owner.postJson('/mfa/challenge', { code: shown })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('binds nothing where the member was reset meanwhile', async () => {
    const person = addPerson(portal);
    const { confirm } = await readyToConfirm(person.username);
    const user = portal.users.get(person.id);
    if (user !== undefined) elsewhere.users.set(user.id, user);
    beforeWriting = async () => {
      beforeWriting = () => Promise.resolve();
      await elsewhere.mfa.members.reset(
        { userId: person.id, organizationId: 'acme' },
        { reason: 'Taken over' },
      );
    };
    expect((await confirm()).body).toMatchObject({ outcome: 'rejected' });
    expect((await records.findMember(person.id, 'acme')).authenticators).toEqual([]);
  });

  it('leaves no new recovery codes behind where the member was reset meanwhile', async () => {
    const person = addPerson(portal);
    const thief = await signInWithApp(portal, person.username, await giveApp(portal, person.id));
    elsewhere.users.set(person.id, person);
    const member = { userId: person.id, organizationId: 'acme' };
    beforeWriting = async () => {
      beforeWriting = () => Promise.resolve();
      await elsewhere.mfa.members.reset(member, { reason: 'Taken over' });
      // From now on a code by email would be asked for, and a recovery code would do in its place.
      await elsewhere.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    };
    const renewed = await thief.postJson('/mfa/settings/recovery-codes');
    expect([renewed.status, renewed.body.recoveryCodes]).toEqual([409, undefined]);
    const { body } = await visit(portal).logIn(person.username);
    expect(body.anyOf).toEqual([expect.objectContaining({ kind: 'email' })]);
    expect((await records.findMember(person.id, 'acme')).recoveryCodesLeft).toBe(0);
  });
});
