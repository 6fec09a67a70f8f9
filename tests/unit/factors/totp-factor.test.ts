import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { PlainSecret, openSecret, sealSecret } from '../../../src/core/proof/secrets';
import { timeStepAt } from '../../../src/core/proof/totp';
import type { FactorTools } from '../../../src/factors/factor';
import { createFactors, type Factor } from '../../../src/factors/find-factor';
import { totpCode, wrongCode } from '../../support/totp';
import { createFactorWorld, totpSecret, userId } from './factor-world';

function appOf(tools: FactorTools): Factor {
  const app = createFactors(tools).get('totp');
  if (app === undefined) throw new Error('There is no factor totp.');
  return app;
}

const code = (at: number) => totpCode(totpSecret, at);

describe('the factor of an authenticator app', () => {
  it('accepts a right code, remembers its step and uses its challenge up', async () => {
    const { enroll, ask, answer, records, state, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const before = await records.findMember(userId, 'acme');
    expect(await answer(challenge, code(clock.now()))).toEqual({ outcome: 'accepted' });
    const { authenticators } = await records.findMember(userId, 'acme');
    expect(authenticators[0]).toMatchObject({
      sealedSecret: before.authenticators[0]?.sealedSecret,
      state: { lastAcceptedStep: timeStepAt(clock.now()) },
      lastUsedAt: clock.now(),
    });
    expect(await state.findChallenge(challenge)).toBeUndefined();
  });

  it('accepts one code once, however many answers run in parallel and for whatever purpose', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenges = await Promise.all([
      ask('totp', 'app', { purpose: 'login', id: 'challenge-1' }),
      ask('totp', 'app', { purpose: 'step-up', id: 'challenge-2' }),
    ]);
    const tries = Array.from({ length: 20 }, () => challenges).flat();
    const answers = await Promise.all(tries.map((challenge) => answer(challenge, code(clock.now()))));
    expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
    const later = await ask('totp', 'app', { purpose: 'unlock', id: 'challenge-3' });
    expect(await answer(later, code(clock.now()))).toEqual({ outcome: 'rejected', because: 'code-used' });
    expect(await answer(later, code(clock.now() - 30_000))).toEqual({
      outcome: 'rejected',
      because: 'code-used',
    });
  });

  it('judges without changing anything', async () => {
    const { enroll, ask, attempt, factor, records, state, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const before = await records.findMember(userId, 'acme');
    await factor('totp').verify(await attempt(challenge, code(clock.now())));
    await factor('totp').verify(await attempt(challenge, '000000'));
    expect(await records.findMember(userId, 'acme')).toEqual(before);
    expect(await state.findChallenge(challenge)).toEqual(challenge);
  });

  it('rejects a wrong code, and names a clock that is off', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const wrong = { outcome: 'rejected', because: 'wrong-code' };
    expect(await answer(challenge, wrongCode(code(clock.now())))).toEqual(wrong);
    expect(await answer(challenge, ['123456'])).toEqual(wrong);
    const off = { outcome: 'rejected', because: 'clock-off', driftSeconds: 240 };
    expect(await answer(challenge, code(clock.now() + 240_000))).toEqual(off);
  });

  it('never accepts a code after it said how far that is in the future', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const [foretold, past] = [code(clock.now() + 240_000), code(clock.now() - 240_000)];
    const challenge = await ask('totp', 'app');
    expect(await answer(challenge, foretold)).toMatchObject({ driftSeconds: 240 });
    expect(await answer(challenge, past)).toMatchObject({ driftSeconds: -240 });
    clock.advance(240_000);
    expect(await answer(challenge, foretold)).toEqual({ outcome: 'too-late' });
    clock.advance(30_000);
    expect(await answer(await ask('totp', 'app'), code(clock.now()))).toEqual({ outcome: 'accepted' });
  });

  it('rejects the right code of an authenticator that was removed, disabled or is of another kind', async () => {
    const { enroll, ask, attempt, factor, answer, records, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const tried = await attempt(challenge, code(clock.now()));
    const [authenticator] = tried.member.authenticators;
    if (authenticator === undefined) throw new Error('Not enrolled.');
    const wrong = { outcome: 'rejected', because: 'wrong-code' };
    for (const change of [{ disabledAt: clock.now() }, { kind: 'sms' as const }, { id: 'other' }]) {
      const member = { ...tried.member, authenticators: [{ ...authenticator, ...change }] };
      expect(await factor('totp').verify({ ...tried, member })).toEqual(wrong);
    }
    await records.removeAuthenticator(userId, 'app');
    expect(await answer(challenge, code(clock.now()))).toEqual(wrong);
    expect(
      await factor('totp').accept(tried, {
        outcome: 'verified',
        proof: { timeStep: timeStepAt(clock.now()) },
      }),
    ).toBe(false);
  });

  it.each([[{ lastAcceptedStep: 'x' }], [{ lastAcceptedStep: -1 }], [{ format: 2 }]])(
    'lets nobody in where its state is not what was written: %j',
    async (state) => {
      const { enroll, ask, answer, records, clock } = createFactorWorld();
      await enroll('totp', 'app', totpSecret);
      await records.changeState(userId, 'app', () => state);
      const challenge = await ask('totp', 'app');
      const refused = answer(challenge, code(clock.now()));
      await expect(refused).rejects.toMatchObject({ code: 'records-unreadable' });
    },
  );

  it('rejects everything after the end of the challenge', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    clock.set(challenge.expiresAt);
    expect(await answer(challenge, code(clock.now()))).toEqual({
      outcome: 'rejected',
      because: 'code-expired',
    });
  });

  it('says so where the secret cannot be read, and does not fall back to anything', async () => {
    const world = createFactorWorld();
    const { enroll, ask, attempt, records, state, clock } = world;
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const keyRing = createKeyRing([randomBytes(32).toString('base64')]);
    const stranger = appOf({
      records,
      state,
      keyRing,
      totpWindow: 1,
      passkeys: null,
      noteFuture: () => undefined,
    });
    expect(await stranger.verify(await attempt(challenge, code(clock.now())))).toEqual({
      outcome: 'rejected',
      because: 'secret-unreadable',
    });
  });

  it('seals the secret again under the current key after a right code', async () => {
    const world = createFactorWorld();
    const { enroll, ask, attempt, records, state, clock, keys } = world;
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const newKey = randomBytes(32).toString('base64');
    const rotated = appOf({
      records,
      state,
      keyRing: createKeyRing([newKey, ...keys]),
      totpWindow: 1,
      passkeys: null,
      noteFuture: () => undefined,
    });
    const tried = await attempt(challenge, code(clock.now()));
    expect(
      await rotated.accept(tried, { outcome: 'verified', proof: { timeStep: timeStepAt(clock.now()) } }),
    ).toBe(true);
    const [authenticator] = (await records.findMember(userId, 'acme')).authenticators;
    const opened = openSecret(createKeyRing([newKey]), authenticator?.sealedSecret ?? '', {
      userId,
      authenticatorId: 'app',
      kind: 'totp',
    });
    expect(opened.outcome === 'opened' && opened.secret.reveal()).toBe(totpSecret);
  });

  it('confirms an enrollment by the secret that waits in the challenge, once', async () => {
    const { keyRing, ask, attempt, factor, answer, records, clock } = createFactorWorld();
    const binding = { userId, authenticatorId: 'new', kind: 'totp' } as const;
    const sealedSecret = sealSecret(keyRing, new PlainSecret(totpSecret), binding);
    const challenge = await ask('totp', 'new', { purpose: 'enroll', sealedSecret });
    const tried = await attempt(challenge, code(clock.now()));
    const verification = await factor('totp').verify(tried);
    const proof = { outcome: 'verified', proof: { timeStep: timeStepAt(clock.now()) } } as const;
    expect(verification).toEqual(proof);
    const accepted = await Promise.all([1, 2, 3].map(() => factor('totp').accept(tried, proof)));
    expect(accepted.filter(Boolean)).toHaveLength(1);
    expect((await records.findMember(userId, 'acme')).authenticators).toEqual([]);
    const moved = { ...challenge, authenticatorId: 'app' };
    expect(await answer(moved, code(clock.now()))).toMatchObject({ because: 'secret-unreadable' });
  });

  it('accepts nothing in answer to a challenge that was used up', async () => {
    const { enroll, ask, attempt, factor, state, clock } = createFactorWorld();
    await enroll('totp', 'app', totpSecret);
    const challenge = await ask('totp', 'app');
    const tried = await attempt(challenge, code(clock.now()));
    await state.consumeChallenge(challenge, challenge.id);
    expect(
      await factor('totp').accept(tried, {
        outcome: 'verified',
        proof: { timeStep: timeStepAt(clock.now()) },
      }),
    ).toBe(false);
  });
});
