import { guessRank } from '../../../src/core/decision/usable-factors';
import { onFileId } from '../../../src/core/member/factor-kind';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';
import { aGuess } from '../../contract/samples';
import { createFactorWorld, userId } from './factor-world';

const limits = { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 };
const wrong = { outcome: 'rejected', because: 'wrong-code' };

describe.each(['email', 'sms'] as const)('the factor of codes sent by %s', (kind) => {
  const other = kind === 'email' ? 'sms' : 'email';

  it('accepts the code that was sent, once, and clears the counters', async () => {
    const { enroll, ask, answer, records, clock } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const challenge = await ask(kind, 'mine', { code: '204417' });
    const guess = {
      userId,
      group: 'codes',
      rank: guessRank(FACTOR_TRAITS, kind),
      authenticatorId: 'mine',
      limits,
      now: clock.now(),
    } as const;
    await records.spendGuess(guess);
    const answers = await Promise.all(Array.from({ length: 20 }, () => answer(challenge, '204 417')));
    expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
    const member = await records.findMember(userId, 'acme');
    expect(member.guesses.codes).toEqual(NO_GUESSES);
    expect(member.authenticators[0]).toMatchObject({ failures: 0, lastUsedAt: clock.now() });
  });

  it('of an enrollment clears no count of wrong answers', async () => {
    const { ask, answer, records, clock } = createFactorWorld();
    await records.establishUserEpoch(userId, 'epoch');
    await records.spendGuess(aGuess({ userId, rank: 1, now: clock.now() }));
    const { guesses } = await records.findMember(userId, 'acme');
    const challenge = await ask(kind, 'new', { code: '123456', purpose: 'enroll' });
    expect(await answer(challenge, '123456')).toEqual({ outcome: 'accepted' });
    expect((await records.findMember(userId, 'acme')).guesses).toEqual(guesses);
    expect(guesses.codes).not.toEqual(NO_GUESSES);
  });

  it('rejects another code and anything that is none', async () => {
    const { enroll, ask, answer } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const challenge = await ask(kind, 'mine', { code: '204417' });
    for (const submitted of ['204418', '', ['204417'], 204417, null]) {
      expect(await answer(challenge, submitted)).toEqual(wrong);
    }
  });

  it('rejects the code of another challenge, owner, purpose, user or kind', async () => {
    const { enroll, ask, answer } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const own = await ask(kind, 'mine', { code: '204417' });
    const [code] = own.codes;
    const moved = (changed: object) => ({
      ...own,
      codes: own.codes.map((sent) => ({ ...sent, ...changed })),
    });
    expect(await answer(moved({ id: 'another' }), '204417')).toEqual(wrong);
    expect(await answer(moved({ sentBy: other }), '204417')).toEqual(wrong);
    expect(await answer(moved({ authenticatorId: 'another' }), '204417')).toEqual(wrong);
    expect(code).toBeDefined();
    expect(await answer({ ...own, ownerId: 'owner-2' }, '204417')).toEqual(wrong);
    expect(await answer({ ...own, purpose: 'step-up' }, '204417')).toEqual(wrong);
    const foreign = await ask(other, 'mine', { code: '204417' });
    expect(await answer({ ...foreign, kind }, '204417')).toEqual(wrong);
    const renamed = foreign.codes.map((sent) => ({ ...sent, kind }));
    expect(await answer({ ...foreign, kind, codes: renamed }, '204417')).toEqual(wrong);
  });

  it('rejects a right code at the instant the code ends, and accepts it just before', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const challenge = await ask(kind, 'mine', { code: '204417' });
    const expired = { outcome: 'rejected', because: 'code-expired' };
    const [{ expiresAt } = challenge] = challenge.codes;
    clock.set(challenge.expiresAt);
    expect(await answer(challenge, '204417')).toEqual(expired);
    clock.set(expiresAt);
    expect(await answer(challenge, '204417')).toEqual(expired);
    expect(await answer(challenge, '204418')).toEqual(expired);
    clock.set(expiresAt - 1);
    expect(await answer(challenge, '204417')).toEqual({ outcome: 'accepted' });
  });

  it('rejects everything where no code was sent', async () => {
    const { enroll, ask, answer } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    expect(await answer(await ask(kind, 'mine'), '204417')).toEqual(wrong);
  });

  it.each(['login', 'step-up', 'unlock'] as const)(
    'rejects the code of an authenticator that was removed after it was sent, for the purpose %s',
    async (purpose) => {
      const { enroll, ask, answer, records } = createFactorWorld();
      await enroll(kind, 'mine', 'somewhere');
      const challenge = await ask(kind, 'mine', { code: '204417', purpose });
      await records.removeAuthenticator(userId, 'mine');
      expect(await answer(challenge, '204417')).toEqual(wrong);
    },
  );

  it('rejects every code once its challenge has ended, whatever the code itself says', async () => {
    const { enroll, ask, answer, clock } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const challenge = await ask(kind, 'mine', { code: '204417' });
    const expiresAt = challenge.expiresAt + 1;
    const lasting = { ...challenge, codes: challenge.codes.map((code) => ({ ...code, expiresAt })) };
    clock.set(challenge.expiresAt);
    expect(await answer(lasting, '204417')).toEqual({ outcome: 'rejected', because: 'code-expired' });
  });

  it('accepts the code sent to an address on file, for which nothing is enrolled', async () => {
    const { ask, answer } = createFactorWorld();
    const challenge = await ask(kind, onFileId(kind), { code: '204417' });
    expect(await answer(challenge, '204417')).toEqual({ outcome: 'accepted' });
    const foreign = await ask(kind, onFileId(other), { code: '204417' });
    expect(await answer(foreign, '204417')).toEqual(wrong);
  });

  it('accepts an enrollment once, enrolls nothing by itself and clears no count of guesses', async () => {
    const { ask, answer, records, clock } = createFactorWorld();
    const now = clock.now();
    await records.spendGuess({ userId, group: 'codes', rank: 1, authenticatorId: null, limits, now });
    const { guesses } = await records.findMember(userId, 'acme');
    const challenge = await ask(kind, 'new', { code: '204417', purpose: 'enroll' });
    const answers = await Promise.all([1, 2, 3].map(() => answer(challenge, '204417')));
    expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
    expect(await records.findMember(userId, 'acme')).toMatchObject({ authenticators: [], guesses });
  });

  it('accepts either of two codes that hold, says by which channel, and ends both with the first', async () => {
    const { enroll, sent, ask, attempt, factor, answer, clock } = createFactorWorld();
    await enroll(kind, 'mine', 'somewhere');
    const challenge = await ask(kind, 'mine', { code: '204417' });
    const made = { kind, authenticatorId: 'mine', code: '550011', sentBy: 'email' } as const;
    const both = { ...challenge, codes: [sent(challenge, made), ...challenge.codes] };
    const channelOf = async (code: string) => {
      const verified = await factor(kind).verify(await attempt(both, code));
      return verified.outcome === 'verified' ? verified.proof : verified.because;
    };
    expect(await channelOf('204417')).toEqual({ sentBy: kind });
    expect(await channelOf('550011')).toEqual({ sentBy: 'email' });
    expect(await channelOf('999999')).toBe('wrong-code');
    const over = {
      ...both,
      codes: both.codes.map((code, index) => (index === 0 ? code : { ...code, expiresAt: clock.now() })),
    };
    const late = await factor(kind).verify(await attempt(over, '204417'));
    expect(late).toEqual({ outcome: 'rejected', because: 'code-expired' });
    expect(await answer(both, '550011')).toEqual({ outcome: 'accepted' });
    expect(await answer(both, '204417')).toEqual({ outcome: 'too-late' });
  });
});
