import { holdVisit, postHeld } from '../../support/held-visit';
import { addPerson, visit } from '../../support/member';
import { plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack of the raced codes at its worst moment: both answers were already found right, and neither is used up yet.
// The same with the last skip.

/** Lets nobody through until so many have come, then all at once. */
function createTurnstile() {
  let left = 0;
  let open = (): void => undefined;
  let opened = Promise.resolve();
  return {
    expect(count: number): void {
      left = count;
      opened = new Promise<void>((resolve) => (open = resolve));
    },
    async pass<Result>(act: () => Promise<Result>): Promise<Result> {
      left -= 1;
      if (left === 0) open();
      await opened;
      return act();
    },
  };
}

describe.each(allStoreKinds)('two right answers held together on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const turnstile = createTurnstile();
  const portal = createPortal({
    records,
    state: {
      ...state,
      consumeChallenge: (owner, challengeId) =>
        owner.purpose === heldChallenges
          ? turnstile.pass(() => state.consumeChallenge(owner, challengeId))
          : state.consumeChallenge(owner, challengeId),
    },
  });
  let heldChallenges: 'login' | 'enroll' | null = null;

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  async function logIn(username: string, factor?: string) {
    const guest = visit(portal);
    await guest.logIn(username);
    if (factor !== undefined) await guest.postJson('/mfa/challenge/factor', { authenticatorId: factor });
    return { guest, held: await holdVisit(guest) };
  }

  async function answerAtOnce(visits: readonly Awaited<ReturnType<typeof holdVisit>>[], code: string) {
    turnstile.expect(visits.length);
    const answers = await Promise.all(
      visits.map((held) => postHeld(portal.app, held, '/mfa/challenge', { code })),
    );
    return answers.map(({ body }) => body.outcome as string).toSorted();
  }

  it('let one in, with a code of an app', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const logins = [await logIn(person.username), await logIn(person.username), await logIn(person.username)];
    const outcomes = await answerAtOnce(
      logins.map(({ held }) => held),
      totpCode(secret, portal.clock.now()),
    );
    expect(outcomes).toEqual(['rejected', 'rejected', 'signed-in']);
    expect(await portal.mfa.sessionsOf(person.id).list()).toHaveLength(1);
  });

  it('let one in, with a recovery code', async () => {
    const person = addPerson(portal);
    await plantApp(portal, person.id);
    const [code = ''] = await plantRecoveryCodes(portal, person.id, 1);
    const logins = [
      await logIn(person.username, 'recovery-codes'),
      await logIn(person.username, 'recovery-codes'),
    ];
    const outcomes = await answerAtOnce(
      logins.map(({ held }) => held),
      code,
    );
    expect(outcomes).toEqual(['rejected', 'signed-in']);
    expect(await portal.mfa.sessionsOf(person.id).list()).toHaveLength(1);
  });

  it('let one in, with a sent code', async () => {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const { guest, held } = await logIn(person.username);
    heldChallenges = 'login';
    const outcomes = await answerAtOnce([held, held, held], guest.newestCode(person.email ?? ''));
    heldChallenges = null;
    expect(outcomes).toEqual(['rejected', 'rejected', 'signed-in']);
    expect(await portal.mfa.sessionsOf(person.id).list()).toHaveLength(1);
  });

  it('put enrollment off once, where one skip is left', async () => {
    const policy = { enabled: true, enrollment: 'optional', skips: 1 } as const;
    await portal.mfa.policies.save('globex', policy);
    const person = addPerson(portal, { organizationId: 'globex' });
    const visits = [await logIn(person.username), await logIn(person.username)];
    turnstile.expect(visits.length);
    const answers = await Promise.all(
      visits.map(({ held }) => postHeld(portal.app, held, '/mfa/enroll/skip', {})),
    );
    const outcomes = answers.map(({ body }) => body.outcome as string).toSorted();
    expect(outcomes).toEqual(['rejected', 'skipped']);
    const { settings } = await records.findMember(person.id, 'globex');
    expect(settings.skipsUsed).toBe(1);
  });

  it('set an app up once, with the recovery codes that are shown', async () => {
    await portal.mfa.policies.save('hooli', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal, { organizationId: 'hooli' });
    const { guest } = await logIn(person.username);
    const { secret } = (await guest.postJson('/mfa/enroll/totp')).body.totp;
    const held = await holdVisit(guest);
    const code = totpCode(secret, portal.clock.now());
    heldChallenges = 'enroll';
    turnstile.expect(2);
    const answers = await Promise.all(
      [held, held].map((one) => postHeld(portal.app, one, '/mfa/enroll/totp/confirm', { code })),
    );
    heldChallenges = null;
    const outcomes = answers.map(({ body }) => (body.because ?? body.outcome) as string).toSorted();
    expect(outcomes).toEqual(['code-used', 'enrolled']);
    expect((await records.findMember(person.id, 'hooli')).authenticators).toHaveLength(1);
  });
});
