import { randomBytes } from 'node:crypto';
import type { Clock } from 'express-mfa';
import type { NewUser } from './user-table';

/** Sign-ups whose address is not verified yet. */
export interface PendingSignUps {
  /** Answers with the token for the link. */
  add(user: NewUser): string;
  find(token: string): NewUser | undefined;
  /** Counts a password that is tried. Undefined where there is none to try, or no try is left. */
  spendTry(token: string): NewUser | undefined;
  /** Works once. */
  take(token: string): NewUser | undefined;
}

const LIFE_MS = 86_400_000;
const CAPACITY = 1000;
const TRIES = 5;

export function createPendingSignUps(clock: Clock): PendingSignUps {
  const pending = new Map<string, { readonly user: NewUser; readonly until: number; tries: number }>();
  function find(token: string): NewUser | undefined {
    const entry = pending.get(token);
    return entry !== undefined && clock.now() < entry.until ? entry.user : undefined;
  }
  return {
    find,
    add(user) {
      const token = randomBytes(24).toString('base64url');
      pending.set(token, { user, until: clock.now() + LIFE_MS, tries: 0 });
      const [oldest] = pending.keys();
      if (pending.size > CAPACITY && oldest !== undefined) pending.delete(oldest);
      return token;
    },
    spendTry(token) {
      const entry = pending.get(token);
      if (entry === undefined || find(token) === undefined || entry.tries >= TRIES) return undefined;
      entry.tries += 1;
      return entry.user;
    },
    take(token) {
      const user = find(token);
      pending.delete(token);
      return user;
    },
  };
}
