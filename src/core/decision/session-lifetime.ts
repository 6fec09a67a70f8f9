import { createHash } from 'node:crypto';
import { isCredible } from '../clock';
import type { Policy } from '../policy/policy';
import type { Evidence } from './assurance';

/** The values that a session keeps from its login. Every later request compares them for equality. */
export interface Epochs {
  readonly user: string;
  readonly organization: string;
}

export interface SessionTimes {
  readonly startedAt: number;
  readonly seenAt: number;
}

type Lifetime = Pick<Policy, 'sessionDurationSeconds' | 'idleTimeoutSeconds'>;

/** The absolute end, counted from authentication. Activity never moves it (NIST SP 800-63B-4, 2.2.3). */
export function sessionExpiresAt(session: Pick<SessionTimes, 'startedAt'>, policy: Lifetime): number {
  return session.startedAt + policy.sessionDurationSeconds * 1000;
}

export function isSessionExpired(session: SessionTimes, policy: Lifetime, now: number): boolean {
  if (now >= sessionExpiresAt(session, policy)) return true;
  const { idleTimeoutSeconds } = policy;
  return idleTimeoutSeconds !== null && now >= session.seenAt + idleTimeoutSeconds * 1000;
}

/** Writing `seenAt` on every request would double the cost of each. An idle session may end a minute early, but never late. */
export function isSeenAtStale(session: SessionTimes, policy: Lifetime, now: number): boolean {
  const { idleTimeoutSeconds } = policy;
  const granularitySeconds = idleTimeoutSeconds === null ? 300 : Math.min(60, idleTimeoutSeconds / 10);
  return now - session.seenAt >= granularitySeconds * 1000;
}

export interface Ends {
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

/** Whether a session without an epoch was ended: it started before the end, or its start is unknown. */
export function isEndedBy({ sessionsEndedAt }: Ends, startedAt: number | null): boolean {
  return sessionsEndedAt !== null && (startedAt === null || startedAt <= sessionsEndedAt);
}

/** Ignores a change dated in the future, which a clock that was ahead wrote. */
export function isPasswordChangedSince(
  { passwordChangedAt }: { readonly passwordChangedAt?: number },
  since: number,
  now: number,
): boolean {
  return passwordChangedAt !== undefined && since < passwordChangedAt && passwordChangedAt <= now;
}

/** Whether no sessions were ended since `seen` was read. A first epoch that was created in between does not count. */
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

export interface SessionDates extends SessionTimes {
  readonly evidence: readonly Evidence[];
}

export function findFutureDate({ startedAt, seenAt, evidence }: SessionDates, now: number): number | null {
  const latest = Math.max(startedAt, seenAt, ...evidence.map(({ at }) => at));
  return isCredible(latest, now) ? null : latest;
}

/**
 * Corrects the dates of a session if a clock was ahead. The session lasts no longer than one that starts now. A
 * proof dated in the future gets an unknown time: it still counts, but is never fresh. Store the result, so that such a proof
 * does not become fresh later.
 */
export function correctDates({ startedAt, seenAt, evidence }: SessionDates, now: number): SessionDates {
  return {
    startedAt: Math.min(startedAt, now),
    seenAt: Math.min(seenAt, now),
    evidence: evidence.map((proof) => (isCredible(proof.at, now) ? proof : { ...proof, at: 0 })),
  };
}

/** Derived from the session id, so that concurrent requests that adopt the session create one entry. */
export function adoptedHandle(sessionId: string, start: 'known' | 'unknown'): string {
  const hash = createHash('sha256').update(`express-mfa/session/${sessionId}`).digest('base64url');
  return (start === 'known' ? KNOWN_START : UNKNOWN_START) + hash.slice(0, 12);
}

const KNOWN_START = '@';
const UNKNOWN_START = '.';

/** A request that was already running when the session was adopted may store a copy of it without the handle. */
export function isAdoptedHandle(handle: string): boolean {
  return handle.startsWith(KNOWN_START) || handle.startsWith(UNKNOWN_START);
}

export function isStartUnknown(handle: string): boolean {
  return handle.startsWith(UNKNOWN_START);
}

export function successorHandle(before: string, newHandle: string): string {
  return isAdoptedHandle(before) ? before.charAt(0) + newHandle : newHandle;
}
