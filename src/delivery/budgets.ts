import { createHmac } from 'node:crypto';
import { foldEmailAddress } from '../core/address/destination';
import { parsePhoneNumber } from '../core/address/phone-number';
import type { Channel } from '../core/member/factor-kind';
import { digestUserId, type KeyRing } from '../core/proof/key-ring';
import type { SendBudget } from '../stores/state-store';
import type { CodePurpose } from './delivery-error';

/** At most `max` sends in any period of `seconds`. */
export interface SendWindow {
  readonly max: number;
  readonly seconds: number;
}

/** Limits on sending codes. A send must fit into every window of every list. */
export interface SendLimits {
  /** To one address or number. The first window is the wait between two codes. */
  readonly perDestination: readonly SendWindow[];
  /** For one user, over all addresses. */
  readonly perUser: readonly SendWindow[];
  /** Emails and text messages of one organization. */
  readonly perOrganization: readonly SendWindow[];
  /** Text messages of one organization. */
  readonly perOrganizationSms: readonly SendWindow[];
  /** Text messages of one organization to one country, or to one calling code if several countries share it. */
  readonly perCountryPrefix: readonly SendWindow[];
  /** Text messages of all organizations. This caps the cost. */
  readonly totalSms: readonly SendWindow[];
  /** Emails and text messages of all organizations. */
  readonly total: readonly SendWindow[];
}

const HOUR = 3600;
const DAY = 86_400;

/**
 * The limits of one person are close to what a person needs. Those of an organization leave room for a morning when all members
 * sign in, but stop SMS pumping fraud. The limits over all organizations come last: one organization can use at most a fifth of
 * them, including its enrollments.
 */
export const SEND_LIMITS: SendLimits = Object.freeze({
  perDestination: [
    { max: 1, seconds: 30 },
    { max: 3, seconds: 600 },
    { max: 10, seconds: DAY },
  ],
  perUser: [{ max: 20, seconds: DAY }],
  perOrganization: [
    { max: 5000, seconds: HOUR },
    { max: 20_000, seconds: DAY },
  ],
  perOrganizationSms: [
    { max: 1000, seconds: HOUR },
    { max: 2500, seconds: DAY },
  ],
  perCountryPrefix: [
    { max: 500, seconds: HOUR },
    { max: 2000, seconds: DAY },
  ],
  totalSms: [{ max: 25_000, seconds: DAY }],
  total: [{ max: 200_000, seconds: DAY }],
});

export type BudgetOf =
  'destination' | 'user' | 'organization' | 'organization-sms' | 'country-prefix' | 'total-sms' | 'total';

export interface NamedBudget extends SendBudget {
  readonly of: BudgetOf;
}

export interface BudgetedSend {
  readonly kind: Channel;
  readonly destination: string;
  readonly userId: string;
  readonly purpose: CodePurpose;
}

/**
 * The budgets of one person. Keys contain an HMAC of the user id or of the normalized address, so every spelling has the same
 * key. Enrollments are counted separately, because they can name a stranger's address, and must not use up the codes that its
 * owner needs to sign in.
 */
export function personalBudgets(
  keyRing: KeyRing,
  { kind, destination, userId, purpose }: BudgetedSend,
  limits: SendLimits,
): readonly NamedBudget[] {
  const normalized = kind === 'email' ? foldEmailAddress(destination) : foldPhoneNumber(destination);
  const { key } = keyRing.current('destination');
  const hashed = createHmac('sha256', key).update(`${kind}:${normalized}`).digest('base64url').slice(0, 22);
  return [
    {
      of: 'destination',
      key: purpose === 'enroll' ? `destination:enroll:${hashed}` : `destination:${hashed}`,
      windows: limits.perDestination,
    },
    { of: 'user', key: `user:${digestUserId(keyRing, userId)}`, windows: limits.perUser },
  ];
}

/** No organization can use up another's, except for the two totals at the end. Enrollments are counted separately here too. */
export function sendBudgets(
  keyRing: KeyRing,
  send: BudgetedSend & { readonly organizationId: string },
  limits: SendLimits,
): readonly NamedBudget[] {
  const isSms = send.kind === 'sms';
  const shared: readonly NamedBudget[] = [
    ...organizationBudgets(send, limits),
    ...(isSms ? [{ of: 'total-sms', key: 'total-sms', windows: limits.totalSms } as const] : []),
    { of: 'total', key: 'total', windows: limits.total },
  ];
  return [...personalBudgets(keyRing, send, limits), ...shared.filter(({ windows }) => windows.length > 0)];
}

function organizationBudgets(
  send: BudgetedSend & { readonly organizationId: string },
  limits: SendLimits,
): readonly NamedBudget[] {
  const { kind, destination, organizationId, purpose } = send;
  const of = (name: string) => `${purpose === 'enroll' ? `enroll-${name}` : name}:${organizationId}`;
  const all: NamedBudget = { of: 'organization', key: of('organization'), windows: limits.perOrganization };
  if (kind !== 'sms') return [all];
  return [
    all,
    { of: 'organization-sms', key: of('organization-sms'), windows: limits.perOrganizationSms },
    { of: 'country-prefix', key: of(`country-${prefixOf(destination)}`), windows: limits.perCountryPrefix },
  ];
}

/** Invalid numbers count as one country; the delivery refuses them later. */
function prefixOf(destination: string): string {
  const number = parsePhoneNumber(destination);
  return number.outcome === 'parsed' ? (number.country ?? number.callingCode) : 'unknown';
}

function foldPhoneNumber(destination: string): string {
  const number = parsePhoneNumber(destination);
  return number.outcome === 'parsed' ? number.e164 : destination.replaceAll(/[^+\d]/g, '');
}
