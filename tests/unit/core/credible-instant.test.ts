import * as fc from 'fast-check';
import { CLOCK_TOLERANCE_MS, hasEnded, isCredible, isRecent } from '../../../src/core/clock';

const NOW = Date.UTC(2026, 0, 15);

describe('an instant that was noted', () => {
  it('is credible in the past, now, and as far ahead as clocks may differ', () => {
    expect(CLOCK_TOLERANCE_MS).toBe(30_000);
    expect([NOW - 1, NOW, NOW + 30_000, NOW + 30_001].map((at) => isCredible(at, NOW))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is recent for its time and not a millisecond longer', () => {
    expect(isRecent(NOW - 9999, 10, NOW)).toBe(true);
    expect(isRecent(NOW - 10_000, 10, NOW)).toBe(false);
  });

  it('is not recent where it lies in the future, however long its time is', () => {
    expect(isRecent(NOW + 30_000, 10, NOW)).toBe(true);
    expect(isRecent(NOW + 30_001, Infinity, NOW)).toBe(false);
  });
});

describe('an end', () => {
  it('has come at its instant', () => {
    expect([NOW - 1, NOW, NOW + 1].map((endsAt) => hasEnded(endsAt, 60, NOW))).toEqual([true, true, false]);
  });

  it('has come where it is further away than what it ends can last', () => {
    expect(hasEnded(NOW + 60_000 + 30_000, 60, NOW)).toBe(false);
    expect(hasEnded(NOW + 60_000 + 30_001, 60, NOW)).toBe(true);
  });
});

describe('a clock that jumps both ways', () => {
  const jump = fc.integer({ min: -400 * 86_400_000, max: 400 * 86_400_000 });
  const seconds = fc.integer({ min: 1, max: 86_400 });

  it('makes nothing fresh for longer than it is, but for what clocks may differ by', () => {
    const fresh = fc.property(jump, jump, seconds, (noted, read, life) => {
      const [at, now] = [NOW + noted, NOW + read];
      return !isRecent(at, life, now) || Math.abs(now - at) < life * 1000 + 30_001;
    });
    expect(fc.check(fresh).counterexample).toBeNull();
  });

  it('makes nothing last longer than it can, but for what clocks may differ by', () => {
    const lasting = fc.property(jump, jump, seconds, (noted, read, life) => {
      const [endsAt, now] = [NOW + noted + life * 1000, NOW + read];
      return hasEnded(endsAt, life, now) || endsAt - now <= life * 1000 + 30_000;
    });
    expect(fc.check(lasting).counterexample).toBeNull();
  });
});
