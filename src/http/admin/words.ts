import type { FactorKind } from '../../core/member/factor-kind';
import { EVENT_NAMES } from '../../events/events';
import { wordsOf } from '../../factors/present-factor';

export function kindName(kind: FactorKind): string {
  return wordsOf(kind).name;
}

/** What an administrator reads for an event whose name does not say it well enough. */
const EVENTS: ReadonlyMap<string, string> = new Map([
  ['signed-in', 'Signed in'],
  ['signed-out', 'Signed out'],
  ['password-accepted', 'Password accepted'],
  ['password-rejected', 'Wrong password'],
  ['password-throttled', 'Too many passwords tried'],
  ['passwords-sprayed', 'Very many wrong passwords'],
  ['password-changed', 'Password changed'],
  ['login-denied', 'Sign-in denied'],
  ['challenge-issued', 'Second factor asked'],
  ['proof-accepted', 'Second factor proven'],
  ['proof-rejected', 'Wrong code'],
  ['proofs-locked', 'Locked after wrong codes'],
  ['proofs-unlocked', 'Unlocked'],
  ['authenticator-disabled', 'Method disabled after wrong codes'],
  ['code-sent', 'Code sent'],
  ['delivery-failed', 'Code could not be sent'],
  ['delivery-fell-back', 'Code went by email instead'],
  ['delivery-refused', 'Code not sent: limit reached'],
  ['send-budget-exhausted', 'Code not sent: budget used up'],
  ['enrollment-started', 'Began to set up a method'],
  ['enrollment-skipped', 'Put setting up off'],
  ['authenticator-added', 'Method added'],
  ['authenticator-renamed', 'Method renamed'],
  ['authenticator-removed', 'Method removed'],
  ['recovery-codes-issued', 'Recovery codes made'],
  ['recovery-code-used', 'Recovery code used'],
  ['browser-remembered', 'Browser remembered'],
  ['browser-forgotten', 'Browser forgotten'],
  ['browser-token-replayed', 'Copied browser token refused'],
  ['step-up-completed', 'Confirmed it was them'],
  ['sessions-ended', 'Sessions ended'],
  ['policy-changed', 'Policy changed'],
  ['member-changed', 'Member’s settings changed'],
  ['exemption-granted', 'Exemption granted'],
  ['exemption-ended', 'Exemption ended'],
  ['member-reset', 'Member reset'],
  ['devices-forgotten', 'All devices forgotten'],
  ['request-refused', 'Request refused'],
  ['notice-failed', 'Notice could not be sent'],
  ['notice-abandoned', 'Notice given up'],
  ['records-unreadable', 'Records could not be read'],
]);

/** In words; a name that has none of its own is read as it stands. */
export function eventText(name: string): string {
  const words = name.replaceAll('-', ' ');
  return EVENTS.get(name) ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export const EVENT_CHOICES: readonly { readonly name: string; readonly text: string }[] = EVENT_NAMES.map(
  (name) => ({ name, text: eventText(name) }),
);

/** `1 member`, `38 members`. */
export function countOf(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `12 400`: digits in groups, as a number is read. */
export function grouped(count: number): string {
  return NUMBER.format(count);
}

const NUMBER = new Intl.NumberFormat('en-GB');

/** Whole percents; a few of many is at least one, and all but a few at most 99. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
}
