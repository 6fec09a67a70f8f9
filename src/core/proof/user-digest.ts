import { createHmac } from 'node:crypto';
import type { KeyRing } from './key-ring';

/** Stands for a user in the keys of counts, which outlive the user: it can be compared, and the id cannot be read from it. */
export function digestUserId(keyRing: KeyRing, userId: string): string {
  const { key } = keyRing.current('destination');
  return createHmac('sha256', key).update(`user:${userId}`).digest('base64url').slice(0, 22);
}
