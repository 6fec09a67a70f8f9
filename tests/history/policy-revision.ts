/**
 * A session lasts a second longer under each revision of the policy, so that every session tells which revision it goes by. The
 * first is 0.
 */
const SHORTEST_SECONDS = 30 * 86_400;

export function sessionSecondsOf(revision: number): number {
  return SHORTEST_SECONDS + revision;
}

export function revisionOf(sessionSeconds: number): number {
  return sessionSeconds - SHORTEST_SECONDS;
}
