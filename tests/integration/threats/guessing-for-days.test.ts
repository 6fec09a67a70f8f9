import { guesserAt } from '../../support/guesser';
import { visit } from '../../support/member';
import { plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode, wrongCode, wrongCodes } from '../../support/totp';

// The attack: somebody with the password guesses codes ten a day, waiting out each lock, or until the factor is disabled and
// another one could be enrolled in its place.

const MINUTE = 60_000;

describe.each(storeKinds)('guessing on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { clock } = portal;
  const { personWithApp, personByEmail, logIn, guessWrong } = guesserAt(portal);

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  it('disables an address on file after a hundred in a row, and asks nobody to enroll instead', async () => {
    const { person, email } = await personByEmail();
    const member = { userId: person.id, organizationId: 'acme' };
    for (let tens = 0; tens < 10; tens += 1) {
      for (let fives = 0; fives < 2; fives += 1) {
        const { guest, guess } = await logIn(person.username);
        const code = wrongCode(guest.newestCode(email));
        for (let tries = 0; tries < 5; tries += 1)
          expect(await guess(code)).toMatchObject({ outcome: 'rejected' });
        clock.advance(MINUTE);
      }
      clock.advance(24 * 60 * MINUTE);
    }
    const { guest, login } = await logIn(person.username);
    expect([login.status, login.body]).toMatchObject([403, { because: 'no-usable-factor' }]);
    expect((await guest.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    const told = portal.outbox.messages.filter(
      ({ to, subject }) => to === email && subject?.includes('turned off'),
    );
    expect(told).toHaveLength(1);

    // An unlock is not enough; assigning it anew is.
    await portal.mfa.members.unlock(member);
    expect((await logIn(person.username)).login.status).toBe(403);
    await portal.mfa.members.save(member, { enabled: false });
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const owner = await logIn(person.username);
    expect(await owner.guess(owner.guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
    expect((await records.findMember(person.id, 'acme')).onFile['email']).toMatchObject({ failures: 0 });
  });

  it('disables an authenticator after a hundred in a row, however long the guesser waits', async () => {
    const { person, secret } = await personWithApp();
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    for (let tens = 0; tens < 10; tens += 1) {
      await guessWrong(person.username, secret, tens < 9 ? 10 : 9);
      clock.advance(24 * 60 * MINUTE);
    }
    await (await logIn(person.username)).guess(wrongCodes(secret, clock.now(), 1)[0] ?? '');
    clock.advance(24 * 60 * MINUTE);
    const { login, guess } = await logIn(person.username, 'recovery-codes');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'recovery-codes', kind: 'recovery-code' }],
    });
    expect(await guess(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'rejected' });
    const [app] = (await records.findMember(person.id, 'acme')).authenticators;
    expect(app?.disabledAt).not.toBeNull();
    expect(await guess(recoveryCode)).toMatchObject({ outcome: 'signed-in' });
  });

  it('does not take a disabled authenticator for none: nobody enrolls another with the password alone', async () => {
    const { person, secret } = await personWithApp();
    for (let tens = 0; tens < 10; tens += 1) {
      await guessWrong(person.username, secret, tens < 9 ? 10 : 9);
      clock.advance(24 * 60 * MINUTE);
    }
    await (await logIn(person.username)).guess(wrongCodes(secret, clock.now(), 1)[0] ?? '');
    clock.advance(24 * 60 * MINUTE);
    const guest = visit(portal);
    const login = await guest.logIn(person.username);
    expect(login.status).toBe(403);
    expect(login.body).toMatchObject({ outcome: 'rejected', because: 'no-usable-factor' });
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(401);
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });
});
