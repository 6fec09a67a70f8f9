import { randomBytes } from 'node:crypto';
import type { Clock } from 'express-mfa';
import type { NewUser } from './user-table';

/** Sign-ups whose address is not verified yet. */
export interface PendingSignUps {
  /** Answers with the token for the link. */
  add(user: NewUser): string;
  find(token: string): NewUser | undefined;
  /** Works once. */
  take(token: string): NewUser | undefined;
}

const LIFE_MS = 86_400_000;
const CAPACITY = 1000;

export function createPendingSignUps(clock: Clock): PendingSignUps {
  const pending = new Map<string, { readonly user: NewUser; readonly until: number }>();
  function find(token: string): NewUser | undefined {
    const entry = pending.get(token);
    return entry !== undefined && clock.now() < entry.until ? entry.user : undefined;
  }
  return {
    find,
    add(user) {
      const token = randomBytes(24).toString('base64url');
      pending.set(token, { user, until: clock.now() + LIFE_MS });
      const [oldest] = pending.keys();
      if (pending.size > CAPACITY && oldest !== undefined) pending.delete(oldest);
      return token;
    },
    take(token) {
      const user = find(token);
      pending.delete(token);
      return user;
    },
  };
}
