import { createHash } from 'node:crypto';
import type { StateStore } from 'express-mfa';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** What becomes of a sign-up: `quiet` sends no mail, and the visitor is not told so. */
export type Admission =
  | { readonly outcome: 'send' | 'quiet' }
  | { readonly outcome: 'too-many'; readonly retryAfterSeconds: number };

/**
 * A sign-up form mails whatever address a stranger types, and a stranger can type the same one all day. Mails are counted by mailbox,
 * by the visitor's network, and altogether. What a mailbox has had already is not said: it would show who signed up.
 */
export function createSignUpLimits(state: StateStore) {
  const byNetwork = state.throttle({ name: 'sign-up-network', points: 10, seconds: HOUR });
  const altogether = state.throttle({ name: 'sign-up-all', points: 300, seconds: HOUR });
  const byMailbox = state.throttle({ name: 'sign-up-mailbox', points: 3, seconds: DAY });
  return {
    async admit({ ip, email }: { readonly ip: string; readonly email: string }): Promise<Admission> {
      // The visitor first: one who is stopped there must use up nothing of others.
      for (const [limit, key] of [
        [byNetwork, networkOf(ip)],
        [altogether, 'all'],
      ] as const) {
        const spent = await limit.spend(key);
        if (spent.outcome === 'blocked')
          return { outcome: 'too-many', retryAfterSeconds: spent.retryAfterSeconds };
      }
      const spent = await byMailbox.spend(createHash('sha256').update(mailboxOf(email)).digest('base64url'));
      return { outcome: spent.outcome === 'blocked' ? 'quiet' : 'send' };
    },
  };
}

/** Providers give a household or a server 2^64 addresses of IPv6 to choose from. */
function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const groups = head.split(':').filter((group) => group !== '');
  const rest = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}

/** `ada+1@…` and `ada+2@…` are one mailbox, and so is what a mail server takes for lower case. */
function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@');
  const [local = ''] = email.slice(0, at).toLowerCase().split('+');
  return `${local}@${email.slice(at + 1).toLowerCase()}`;
}
