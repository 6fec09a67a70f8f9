import { RECOVERY_CODES_ID } from '../../../src/core/member/factor-kind';
import { hashRecoveryCode, issueRecoveryCodes } from '../../../src/core/proof/recovery-code';
import { createFactorWorld, userId } from './factor-world';

const wrong = { outcome: 'rejected', because: 'wrong-code' };

async function createWorldWithCodes(count = 2) {
  const world = createFactorWorld();
  const codes = issueRecoveryCodes().slice(0, count);
  const stored = await Promise.all(
    codes.map(async ({ number, code }) => ({ number, codeHash: await hashRecoveryCode(code) })),
  );
  await world.records.replaceRecoveryCodes(userId, stored, Date.UTC(2026, 0, 15));
  const [first, second] = codes;
  if (first === undefined || second === undefined) throw new Error('No codes.');
  return { ...world, first, second };
}

describe('the factor of recovery codes', () => {
  it('accepts each code once, however it is typed, and leaves the others', async () => {
    const { first, second, ask, answer, records } = await createWorldWithCodes();
    const challenge = await ask('recovery-code', RECOVERY_CODES_ID);
    expect(await answer(challenge, first.text.toLowerCase().replaceAll('-', ' '))).toEqual({
      outcome: 'accepted',
    });
    const next = await ask('recovery-code', RECOVERY_CODES_ID, { id: 'challenge-2' });
    expect(await answer(next, first.text)).toEqual(wrong);
    expect(await answer(next, second.text)).toEqual({ outcome: 'accepted' });
    expect((await records.findMember(userId, 'acme')).recoveryCodesLeft).toBe(0);
  });

  it('accepts one code once when answers of several logins run in parallel', async () => {
    const { first, ask, attempt, factor, records } = await createWorldWithCodes();
    const tried = await attempt(await ask('recovery-code', RECOVERY_CODES_ID), first.text);
    const verification = await factor('recovery-code').verify(tried);
    if (verification.outcome === 'rejected') throw new Error('Rejected.');
    const attempts = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const purpose = index % 2 === 0 ? 'login' : 'step-up';
        return attempt(
          await ask('recovery-code', RECOVERY_CODES_ID, { purpose, id: `c${index}` }),
          first.text,
        );
      }),
    );
    const accepted = await Promise.all(
      attempts.map((each) => factor('recovery-code').accept(each, verification)),
    );
    expect(accepted.filter(Boolean)).toHaveLength(1);
    expect((await records.findMember(userId, 'acme')).recoveryCodesLeft).toBe(1);
  });

  it('keeps the code where the challenge was used up before', async () => {
    const { first, ask, attempt, factor, state, records } = await createWorldWithCodes();
    const challenge = await ask('recovery-code', RECOVERY_CODES_ID);
    const tried = await attempt(challenge, first.text);
    const verification = await factor('recovery-code').verify(tried);
    if (verification.outcome === 'rejected') throw new Error('Rejected.');
    await state.consumeChallenge(challenge, challenge.id);
    expect(await factor('recovery-code').accept(tried, verification)).toBe(false);
    expect((await records.findMember(userId, 'acme')).recoveryCodesLeft).toBe(2);
  });

  it('rejects a code under the number of another, and an unknown number', async () => {
    const { first, second, ask, answer } = await createWorldWithCodes();
    const challenge = await ask('recovery-code', RECOVERY_CODES_ID);
    for (const submitted of [`2-${first.code}`, `1-${second.code}`, `9-${first.code}`])
      expect(await answer(challenge, submitted)).toEqual(wrong);
  });

  it('reads what has the shape of a code and counts nothing else', async () => {
    const { first, factor } = await createWorldWithCodes();
    expect(factor('recovery-code').parse(` ${first.text.toLowerCase()} `)).toEqual({
      number: 1,
      code: first.code,
    });
    for (const submitted of ['204417', first.code, [first.text], null])
      expect(factor('recovery-code').parse(submitted)).toBeNull();
    expect(factor('totp').parse(first.text)).toBeNull();
  });

  it('rejects everything after the end of the challenge', async () => {
    const { first, ask, answer, clock } = await createWorldWithCodes();
    const challenge = await ask('recovery-code', RECOVERY_CODES_ID);
    clock.set(challenge.expiresAt);
    expect(await answer(challenge, first.text)).toEqual({ outcome: 'rejected', because: 'code-expired' });
  });
});

describe('the registry of factors', () => {
  it('has every kind, each under its own counter', () => {
    const { factors } = createFactorWorld();
    expect(
      [...factors.values()].map(({ traits: { kind, guessGroup, channel } }) => [kind, guessGroup, channel]),
    ).toEqual([
      ['passkey', null, null],
      ['totp', 'codes', null],
      ['sms', 'codes', 'sms'],
      ['email', 'codes', 'email'],
      ['recovery-code', 'recovery-codes', null],
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('finds nothing under %j', (kind) => {
    expect(createFactorWorld().factors.get(kind as 'totp')).toBeUndefined();
  });
});
