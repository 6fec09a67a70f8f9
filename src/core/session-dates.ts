import type { Evidence } from './assurance';
import { isCredible } from './credible-instant';
import type { SessionTimes } from './session-lifetime';

/** A session's instants, as its record has them. */
export interface SessionDates extends SessionTimes {
  readonly evidence: readonly Evidence[];
}

/** The instant furthest ahead that a session cannot have; null where all are credible. */
export function findFutureDate({ startedAt, seenAt, evidence }: SessionDates, now: number): number | null {
  const latest = Math.max(startedAt, seenAt, ...evidence.map(({ at }) => at));
  return isCredible(latest, now) ? null : latest;
}

/**
 * The dates of a session that a clock ahead took part in. It lasts no longer than one that starts now, and what was proven in the
 * future was proven at no known time: it still counts, and is never fresh. Stored so, it does not become fresh when that time comes.
 */
export function boundDates({ startedAt, seenAt, evidence }: SessionDates, now: number): SessionDates {
  return {
    startedAt: Math.min(startedAt, now),
    seenAt: Math.min(seenAt, now),
    evidence: evidence.map((proof) => (isCredible(proof.at, now) ? proof : { ...proof, at: 0 })),
  };
}
