import * as fc from 'fast-check';
import { acceptStep, isCredibleStep, usedUpTo, type AcceptedSteps } from '../../../src/core/proof/totp';

const NONE: AcceptedSteps = { lastAcceptedStep: null };
const FAR = 1_000_000;

describe('the time steps of an app', () => {
  it('are used up to the one accepted last', () => {
    expect(usedUpTo(NONE, 10)).toBeNull();
    expect(usedUpTo({ lastAcceptedStep: 10, stepBefore: 7 }, 10)).toBe(10);
    expect(acceptStep(NONE, 10, 10)).toEqual({ lastAcceptedStep: 10 });
    expect(acceptStep({ lastAcceptedStep: 10 }, 10, 10)).toBeNull();
    expect(acceptStep({ lastAcceptedStep: 10 }, 9, 10)).toBeNull();
    expect(acceptStep({ lastAcceptedStep: 10, stepBefore: 7 }, 11, 11)).toEqual({
      lastAcceptedStep: 11,
      stepBefore: 10,
    });
  });

  it('are credible as far ahead as a code is accepted and clocks may differ', () => {
    expect([11, 12, 13].map((step) => isCredibleStep(step, 10))).toEqual([true, true, false]);
    expect(usedUpTo({ lastAcceptedStep: 12 }, 10)).toBe(12);
  });

  it('do not refuse every code until the time of one from the future comes', () => {
    const ahead = acceptStep({ lastAcceptedStep: 10 }, FAR, FAR) ?? NONE;
    expect(ahead).toEqual({ lastAcceptedStep: FAR, stepBefore: 10 });
    expect(usedUpTo(ahead, 11)).toBe(10);
    expect(acceptStep(ahead, 10, 11)).toBeNull();
    const back = acceptStep(ahead, 11, 11);
    expect(back).toEqual({ lastAcceptedStep: FAR, stepBefore: 11 });
    expect(acceptStep(back ?? NONE, 11, 11)).toBeNull();
    expect(acceptStep(back ?? NONE, FAR, FAR)).toBeNull();
    expect(acceptStep(back ?? NONE, FAR + 1, FAR)).toEqual({ lastAcceptedStep: FAR + 1, stepBefore: FAR });
  });

  it('count for nothing where the only one lies in the future, but for that one itself', () => {
    expect(usedUpTo({ lastAcceptedStep: FAR }, 10)).toBeNull();
    expect(acceptStep({ lastAcceptedStep: FAR }, FAR, 10)).toBeNull();
  });

  it('are all used up where nothing is known but the future', () => {
    const ahead = { lastAcceptedStep: FAR + 5, stepBefore: FAR };
    expect(usedUpTo(ahead, 10)).toBe(Infinity);
    expect(acceptStep(ahead, 10, 10)).toBeNull();
  });

  it('are each accepted once, however the clock jumps both ways', () => {
    const present = fc.integer({ min: 0, max: 60 }).map((place) => (place % 6) * 10 + Math.floor(place / 20));
    const act = fc.record({ present, offset: fc.constantFrom(-1, 0, 1) });
    const once = fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let steps = NONE;
      const accepted: number[] = [];
      for (const { present: now, offset } of acts) {
        const next = acceptStep(steps, now + offset, now);
        if (next === null) continue;
        accepted.push(now + offset);
        steps = next;
      }
      return new Set(accepted).size === accepted.length;
    });
    expect(fc.check(once, { numRuns: 2000 }).counterexample).toBeNull();
  });
});
