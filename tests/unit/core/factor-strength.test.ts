import { rankOf, rankOfProof, strongestRank } from '../../../src/core/factor-strength';
import { authenticator, factsOf, fellBack, proof } from './decision-facts';

describe('the strength of a factor', () => {
  it('puts the app above text messages, those above email, and first factors below all', () => {
    const ranks = (['totp', 'sms', 'email', 'password'] as const).map(rankOf);
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
    expect(new Set(ranks).size).toBe(4);
    expect(rankOf('recovery-code')).toBe(rankOf('totp'));
    expect([rankOf('host'), rankOf('federated'), rankOf('remembered-browser')]).toEqual([0, 0, 0]);
  });

  it('is that of the channel a code travelled by', () => {
    expect(rankOfProof(proof('sms'))).toBe(rankOf('sms'));
    expect(rankOfProof(fellBack('sms-1'))).toBe(rankOf('email'));
  });

  it('is that of the strongest a person could prove, and at least that of the weakest', () => {
    const phoneAndMailbox = [authenticator('sms'), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators: phoneAndMailbox }))).toBe(rankOf('sms'));
    expect(strongestRank(factsOf())).toBe(rankOf('email'));
  });

  it('is not lowered by a lock, and is by what no longer works', () => {
    const both = [authenticator('totp'), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators: both, codesLockedUntil: Number.MAX_VALUE }))).toBe(
      rankOf('totp'),
    );
    const lost = [authenticator('totp', { usable: false }), authenticator('email')];
    expect(strongestRank(factsOf({ authenticators: lost }))).toBe(rankOf('email'));
  });
});
