import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: guesses go on in a login that was opened before the authenticator was disabled.

describe.each(allStoreKinds)('an authenticator that is disabled on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  it('answers nothing more, in a login that asked for it before either, and says why', async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const [app] = (await records.findMember(person.id, 'acme')).authenticators;
    const spent = await records.spendGuess({
      userId: person.id,
      group: 'codes',
      rank: 3,
      authenticatorId: app?.id ?? null,
      limits: { perChallenge: 5, perUser: 100, perAuthenticator: 1, lockSeconds: 60 },
      now: portal.clock.now(),
    });
    expect(spent).toMatchObject({ outcome: 'spent', disabled: true, lockedUntil: null });

    const answer = await guest.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
    expect(answer.body).toMatchObject({ outcome: 'rejected', because: 'authenticator-disabled' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect((await records.findMember(person.id, 'acme')).authenticators).toMatchObject([
      { failures: 1, state: app?.state ?? {} },
    ]);
  });
});
