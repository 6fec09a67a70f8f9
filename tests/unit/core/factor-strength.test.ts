import type { AuthenticatorFact } from '../../../src/core/decision/decision';
import {
  FACTOR_RANKS,
  findUnusableStrongest,
  guessRank,
  rankOf,
  rankOfProof,
  strongestRank,
} from '../../../src/core/decision/usable-factors';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';
import { authenticator, factsOf, fellBack, proof } from './decision-facts';

describe('the strength of a factor', () => {
  it('puts the app above text messages, those above email, and first factors below all', () => {
    const ranks = (['totp', 'sms', 'email', 'password'] as const).map((kind) => rankOf(FACTOR_TRAITS, kind));
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
    expect(new Set(ranks).size).toBe(4);
    expect(rankOf(FACTOR_TRAITS, 'recovery-code')).toBe(rankOf(FACTOR_TRAITS, 'totp'));
    for (const kind of ['totp', 'sms', 'email', 'recovery-code'] as const)
      expect(guessRank(FACTOR_TRAITS, kind)).toBe(rankOf(FACTOR_TRAITS, kind));
    expect(FACTOR_RANKS).toEqual([1, 2, 3]);
    expect([
      rankOf(FACTOR_TRAITS, 'host'),
      rankOf(FACTOR_TRAITS, 'federated'),
      rankOf(FACTOR_TRAITS, 'remembered-browser'),
    ]).toEqual([0, 0, 0]);
  });

  it('is that of the channel a code travelled by', () => {
    expect(rankOfProof(FACTOR_TRAITS, proof('sms'))).toBe(rankOf(FACTOR_TRAITS, 'sms'));
    expect(rankOfProof(FACTOR_TRAITS, fellBack('sms-1'))).toBe(rankOf(FACTOR_TRAITS, 'email'));
  });

  it('is that of the strongest a person could prove, and at least that of the weakest', () => {
    const phoneAndMailbox = [authenticator('sms'), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators: phoneAndMailbox }))).toBe(rankOf(FACTOR_TRAITS, 'sms'));
    expect(strongestRank(factsOf())).toBe(rankOf(FACTOR_TRAITS, 'email'));
  });

  it('is lowered neither by a lock nor by what no longer works', () => {
    const both = [authenticator('totp'), authenticator('email')];
    const locked = { codesLockedUntil: Number.MAX_VALUE, recoveryCodesLockedUntil: Number.MAX_VALUE };
    expect(strongestRank(factsOf({ authenticators: both, ...locked }))).toBe(rankOf(FACTOR_TRAITS, 'totp'));
    const disabled = [authenticator('totp', { usable: false }), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators: disabled }))).toBe(rankOf(FACTOR_TRAITS, 'totp'));
    const onFile = factsOf({
      authenticators: [authenticator('email')],
      member: { enabled: true, assignedKind: 'sms' },
      onFile: { email: true, phone: true },
      onFileDisabled: ['sms'],
    });
    expect(strongestRank(onFile)).toBe(rankOf(FACTOR_TRAITS, 'sms'));
  });

  it('is that of what the policy allows, where there is such a factor', () => {
    const authenticators = [authenticator('totp'), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators, policy: { methods: ['email'] } }))).toBe(
      rankOf(FACTOR_TRAITS, 'email'),
    );
    expect(strongestRank(factsOf({ authenticators, policy: { methods: ['sms'] } }))).toBe(
      rankOf(FACTOR_TRAITS, 'totp'),
    );
  });

  it('is that of what can be delivered here', () => {
    const authenticators = [authenticator('sms'), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators, availableKinds: ['totp', 'email'] }))).toBe(
      rankOf(FACTOR_TRAITS, 'email'),
    );
  });
});

describe('the strongest factor that works no more', () => {
  it('is known by its kind, and is none where another of its rank works', () => {
    const dead = authenticator('totp', { usable: false });
    const find = (...authenticators: readonly AuthenticatorFact[]) =>
      findUnusableStrongest(factsOf({ authenticators }));
    expect(find(dead, authenticator('email'))).toBe('totp');
    expect(find(dead, authenticator('totp', { id: 'totp-2' }))).toBeNull();
    expect(find(authenticator('totp'), authenticator('email', { usable: false }))).toBeNull();
    expect(find()).toBeNull();
  });
});
