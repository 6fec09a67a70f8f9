import type { Policy } from './policy';

/** The values that a session carries from its login and that every later request compares for equality. */
export interface Epochs {
  readonly user: string;
  readonly organization: string;
}

/** What is known of a session when a request arrives. */
export interface SessionTimes {
  readonly startedAt: number;
  readonly seenAt: number;
}

type Lifetime = Pick<Policy, 'sessionDurationSeconds' | 'idleTimeoutSeconds'>;

/** The absolute end, counted from authentication; activity never moves it (NIST SP 800-63B-4, 2.2.3). */
export function sessionExpiresAt(session: Pick<SessionTimes, 'startedAt'>, policy: Lifetime): number {
  return session.startedAt + policy.sessionDurationSeconds * 1000;
}

export function isSessionExpired(session: SessionTimes, policy: Lifetime, now: number): boolean {
  if (now >= sessionExpiresAt(session, policy)) return true;
  const { idleTimeoutSeconds } = policy;
  return idleTimeoutSeconds !== null && now >= session.seenAt + idleTimeoutSeconds * 1000;
}

/**
 * Whether `seenAt` is old enough to be written again. A write for every request would double the cost of each;
 * a tenth of the idle timeout, at most a minute, ends an idle session early by that much and never late.
 */
export function isSeenAtStale(session: SessionTimes, policy: Lifetime, now: number): boolean {
  const { idleTimeoutSeconds } = policy;
  const granularitySeconds = idleTimeoutSeconds === null ? 300 : Math.min(60, idleTimeoutSeconds / 10);
  return now - session.seenAt >= granularitySeconds * 1000;
}

/** What was recorded of the sessions of a user or an organization that were ended. */
export interface Ends {
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

/** Whether a session that carries no epoch was ended: it began before the end, or nobody knows when it began. */
export function isEndedBy({ sessionsEndedAt }: Ends, startedAt: number | null): boolean {
  return sessionsEndedAt !== null && (startedAt === null || startedAt <= sessionsEndedAt);
}

/** Whether nothing was ended since `seen` was read. An epoch that was made meanwhile is no end. */
export function areSameEnds(seen: Ends, now: Ends): boolean {
  return seen.sessionsEndedAt === now.sessionsEndedAt && (seen.epoch === null || seen.epoch === now.epoch);
}

/** An absent epoch counts as different: losing it ends sessions instead of reviving them. */
export function areEpochsCurrent(
  carried: Epochs,
  current: { readonly user: string | null; readonly organization: string | null },
): boolean {
  return carried.user === current.user && carried.organization === current.organization;
}
