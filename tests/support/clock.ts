export interface SettableClock {
  now(): number;
  advance(milliseconds: number): void;
  set(at: number): void;
}

/** A clock that stands still until it is moved. It starts on a boundary of a 30-second time step. */
export function createClock(startAt = Date.UTC(2026, 0, 15, 12, 0, 0)): SettableClock {
  let at = startAt;
  return {
    now: () => at,
    advance(milliseconds) {
      at += milliseconds;
    },
    set(instant) {
      at = instant;
    },
  };
}
