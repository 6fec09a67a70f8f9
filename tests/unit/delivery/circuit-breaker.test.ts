import { createCircuitBreaker } from '../../../src/delivery/circuit-breaker';
import { createClock } from '../../support/clock';

function opened() {
  const clock = createClock();
  const breaker = createCircuitBreaker({ clock, failures: 3, openSeconds: 60 });
  for (let failure = 0; failure < 3; failure += 1) breaker.recordFailure();
  return { clock, breaker };
}

describe('the circuit breaker', () => {
  it('stays open for its time, and then lets one try through', () => {
    const { clock, breaker } = opened();
    clock.advance(59_999);
    expect(breaker.tryEnter()).toBe(false);
    clock.advance(1);
    expect([breaker.tryEnter(), breaker.tryEnter()]).toEqual([true, false]);
  });

  it('stays open no longer where the clock is set back', () => {
    const { clock, breaker } = opened();
    clock.advance(-86_400_000);
    expect([breaker.tryEnter(), breaker.tryEnter()]).toEqual([true, false]);
    clock.advance(60_000);
    expect(breaker.tryEnter()).toBe(true);
  });
});
