/** The time, as the package is told it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds. Default: a timer. For tests, which need not wait. */
  sleep?(milliseconds: number): Promise<void>;
}

/*
 * Instants are written by the clocks of many processes, and one of them may be wrong. An instant from the future must extend
 * nothing: what happened then is not fresh, and what ends then has ended once it is further away than it can last.
 */

/** How far ahead an instant may lie: by so much the clocks of two processes may differ before `check()` calls it an error. */
export const CLOCK_TOLERANCE_MS = 30_000;

/** Whether something can have happened at an instant that was noted. */
export function isCredible(at: number, now: number): boolean {
  return at <= now + CLOCK_TOLERANCE_MS;
}

/** Whether something happened less than so many seconds ago. What happened in the future did not. */
export function isRecent(at: number, seconds: number, now: number): boolean {
  return isCredible(at, now) && now - at < seconds * 1000;
}

/** Whether the end has come of what lasts no longer than so many seconds. An end further away was set by a clock ahead. */
export function hasEnded(endsAt: number, longestSeconds: number, now: number): boolean {
  return now >= endsAt || !isCredible(endsAt - longestSeconds * 1000, now);
}
