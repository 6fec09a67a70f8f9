import { correctDates, findFutureDate } from '../../../src/core/decision/session-lifetime';
import { NOW, proof } from './decision-facts';

const YEAR = 365 * 86_400;
const session = {
  startedAt: NOW - 5000,
  seenAt: NOW - 1000,
  evidence: [proof('password', 5), proof('totp', 4)],
};

describe('the dates of a session', () => {
  it('are left as they are where none lies in the future', () => {
    expect(findFutureDate(session, NOW)).toBeNull();
    expect(findFutureDate({ ...session, seenAt: NOW + 30_000 }, NOW)).toBeNull();
    expect(correctDates(session, NOW)).toEqual(session);
  });

  it.each([
    ['its start', { startedAt: NOW + 30_001 }],
    ['when it was seen', { seenAt: NOW + 30_001 }],
    ['a proof', { evidence: [proof('password', 5), { ...proof('totp'), at: NOW + 30_001 }] }],
  ])('are found out by %s', (_what, ahead) => {
    expect(findFutureDate({ ...session, ...ahead }, NOW)).toBe(NOW + 30_001);
  });

  it('are bounded to now, and a proof from the future to no time at all', () => {
    const ahead = {
      startedAt: NOW + YEAR * 1000,
      seenAt: NOW + YEAR * 1000,
      evidence: [proof('password', 5), proof('totp', -YEAR)],
    };
    const bounded = correctDates(ahead, NOW);
    expect(bounded).toEqual({
      startedAt: NOW,
      seenAt: NOW,
      evidence: [proof('password', 5), { method: 'totp', at: 0 }],
    });
    expect(findFutureDate(bounded, NOW)).toBeNull();
  });
});
