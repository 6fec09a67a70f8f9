/** The source of time for the package. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after this many milliseconds. Default: a timer. Tests can replace it to avoid waiting. */
  sleep?(milliseconds: number): Promise<void>;
}

/*
 * Many processes write instants, and the clock of one of them may be wrong. An instant in the future must never extend anything:
 * a proof dated in the future is not fresh, and an end that is further away than the longest duration has passed.
 */

/** The largest difference between the clocks of two processes before `check()` reports an error. */
export const CLOCK_TOLERANCE_MS = 30_000;

export function isCredible(at: number, now: number): boolean {
  return at <= now + CLOCK_TOLERANCE_MS;
}

export function isRecent(at: number, seconds: number, now: number): boolean {
  return isCredible(at, now) && now - at < seconds * 1000;
}

export function hasEnded(endsAt: number, longestSeconds: number, now: number): boolean {
  return now >= endsAt || !isCredible(endsAt - longestSeconds * 1000, now);
}
