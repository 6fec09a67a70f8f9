import { createHash } from 'node:crypto';
import { isCredible } from '../clock';
import type { Policy } from '../policy/policy';
import type { Evidence } from './assurance';

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

/**
 * Whether the password was changed after an instant, such as the one at which a sign-in began to judge it. A change that a clock ahead has
 * dated in the future says nothing about that.
 */
export function isPasswordChangedSince(
  { passwordChangedAt }: { readonly passwordChangedAt?: number },
  since: number,
  now: number,
): boolean {
  return passwordChangedAt !== undefined && since < passwordChangedAt && passwordChangedAt <= now;
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

/**
 * The handle of a session that the host began out of our sight. It follows from the session id, so that requests which adopt the
 * session at the same time make one entry. Its first character says whether it is known when the session began.
 */
export function adoptedHandle(sessionId: string, start: 'known' | 'unknown'): string {
  const hash = createHash('sha256').update(`express-mfa/session/${sessionId}`).digest('base64url');
  return (start === 'known' ? KNOWN_START : UNKNOWN_START) + hash.slice(0, 12);
}

const KNOWN_START = '@';
const UNKNOWN_START = '.';

/** A copy of such a session may be stored without the handle, by a request that was under way when it was adopted. */
export function isAdoptedHandle(handle: string): boolean {
  return handle.startsWith(KNOWN_START) || handle.startsWith(UNKNOWN_START);
}

export function isStartUnknown(handle: string): boolean {
  return handle.startsWith(UNKNOWN_START);
}

/** The handle that takes the place of another one in a session that goes on. */
export function successorHandle(before: string, mark: string): string {
  return isAdoptedHandle(before) ? before.charAt(0) + mark : mark;
}
