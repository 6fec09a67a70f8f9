import type { SessionEntry } from './state-store';

/** More than anybody has on purpose; the oldest make room, so that the index of one user stays small. */
export const MAX_SESSIONS_PER_USER = 100;

/** The order of a list of sessions: the one seen last comes first. */
export function bySeenAt(a: SessionEntry, b: SessionEntry): number {
  return b.seenAt - a.seenAt;
}
