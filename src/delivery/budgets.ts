import { createHmac } from 'node:crypto';
import type { DeliveredKind } from '../core/factor-kind';
import type { KeyRing } from '../core/key-ring';
import type { SendBudget } from '../stores/state-store';

/** So many sends in any so many seconds. */
export interface SendWindow {
  readonly max: number;
  readonly seconds: number;
}

/** How often codes may be sent: to one address, and for one user over all addresses. */
export interface SendLimits {
  readonly perDestination: readonly SendWindow[];
  readonly perUser: readonly SendWindow[];
}

const DAY = 86_400;

/** The first window is the wait between two codes. */
export const SEND_LIMITS: SendLimits = {
  perDestination: [
    { max: 1, seconds: 30 },
    { max: 3, seconds: 600 },
    { max: 10, seconds: DAY },
  ],
  perUser: [{ max: 20, seconds: DAY }],
};

/**
 * Everything that one send is counted under. The address is in no key: it stands there as an HMAC, the same for each
 * spelling of it.
 */
export function sendBudgets(
  keyRing: KeyRing,
  send: { readonly kind: DeliveredKind; readonly destination: string; readonly userId: string },
  limits: SendLimits = SEND_LIMITS,
): readonly SendBudget[] {
  const { kind, destination, userId } = send;
  const normalized =
    kind === 'email' ? destination.trim().toLowerCase() : destination.replaceAll(/[^+\d]/g, '');
  const { key } = keyRing.current('destination');
  const hashed = createHmac('sha256', key).update(`${kind}:${normalized}`).digest('base64url').slice(0, 22);
  return [
    { key: `destination:${hashed}`, windows: limits.perDestination },
    { key: `user:${userId}`, windows: limits.perUser },
  ];
}
