import type { SessionEntry } from './state-store';

/** More than a person uses. The oldest are removed, so that the index of one user stays small. */
export const MAX_SESSIONS_PER_USER = 100;

export function bySeenAt(a: SessionEntry, b: SessionEntry): number {
  return b.seenAt - a.seenAt;
}
