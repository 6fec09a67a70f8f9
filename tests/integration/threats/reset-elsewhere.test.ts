import { visit } from '../../support/member';
import { createSettingsPortal, giveAddress, giveRecoveryCodes } from '../../support/own-factors';
import { allStoreKinds } from '../../support/store-kinds';

// The attack: somebody reads a mailbox, has a new password sent there in one browser, and signs in with it in another, where the code
// comes to the same mailbox. One channel gave both factors.

const HOUR = 3_600_000;
const RESET = { channel: 'email', address: 'Ada@ACME.example' } as const;

describe.each(allStoreKinds)('a new password by a link in a mail, on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  afterAll(close);

  it('makes codes to that mailbox worth nothing in every browser, for an hour', async () => {
    const portal = await createSettingsPortal({}, { records, state });
    await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@acme.example' });
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    const optionsOf = async () =>
      (await visit(portal).logIn('ada')).body.anyOf.map((option: { kind: string }) => option.kind);
    const open = visit(portal);
    await open.logIn('ada');
    expect(await optionsOf()).toEqual(['sms', 'email', 'recovery-code']);

    await portal.mfa.notePasswordReset('ada', RESET);
    const thief = visit(portal);
    expect((await thief.logIn('ada')).body.anyOf).toMatchObject([
      { authenticatorId: phone },
      { kind: 'recovery-code' },
    ]);
    portal.clock.advance(HOUR - 1);
    expect(await optionsOf()).toEqual(['sms', 'recovery-code']);
    portal.clock.advance(1);
    expect(await optionsOf()).toEqual(['sms', 'email', 'recovery-code']);
    await portal.mfa.close();
  });

  it('refuses whom that mailbox is all there is, and takes back what it had proven', async () => {
    const portal = await createSettingsPortal({ enrollment: 'assigned' }, { records, state });
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const mary = visit(portal);
    await mary.logIn('mary');
    await mary.postJson('/mfa/challenge', { code: mary.newestCode('mary@acme.example') });
    expect((await mary.getJson('/plain')).status).toBe(200);
    await portal.mfa.notePasswordReset('mary', { channel: 'email', address: 'mary@acme.example' });
    expect((await mary.getJson('/plain')).body).toMatchObject({ outcome: 'deny', because: 'same-channel' });
    const refused = await visit(portal).logIn('mary');
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'same-channel' });
    await portal.mfa.close();
  });

  it('is noted for an email address and nothing else', async () => {
    const portal = await createSettingsPortal({}, { records, state });
    await expect(
      portal.mfa.notePasswordReset('ada', { channel: 'email', address: 'nobody' }),
    ).rejects.toThrow(TypeError);
    await portal.mfa.close();
  });
});
