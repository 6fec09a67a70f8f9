import { createHash } from 'node:crypto';

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
