import { EVENT_NAMES, type Severity } from '../../events/events';
import { findFactor } from '../../factors/find-factor';
import type { ShownEvent } from '../../flows/admin/list-events';
import type { Moment } from '../kernel/render-page';
import { ruleOf } from './policy-fields';
import { countOf, durationWords, kindName } from './words';
import { ENGLISH } from '../../factors/english';

type Value = string | number | boolean;

/** The words for one detail; null where the name of the event says it already, or only programs need it. */
type Phrase = (value: Value, name: string) => string | null;

const PURPOSES: ReadonlyMap<Value, string> = new Map([
  ['login', 'at sign-in'],
  ['step-up', 'to confirm a change'],
  ['enroll', 'to set it up'],
  ['unlock', 'to unlock'],
  ['switch-off', 'to disable it for everybody'],
]);

const REASONS: ReadonlyMap<Value, string | null> = new Map([
  ['satisfied', null],
  ['wrong-code', null],
  ['policy-off', 'multi-factor authentication is off'],
  ['exempt', 'exempt'],
  ['federated', 'signed in through the identity provider'],
  ['not-enrolled-optional', 'no method set up, which is optional'],
  ['skipped', 'setting up was put off'],
  ['code-used', 'the code was used before'],
  ['code-expired', 'the code was too old'],
  ['malformed-code', 'not a code'],
  ['counter', 'its counter did not move, so there may be a copy'],
  ['aaguid-not-allowed', 'the model is not allowed'],
  ['wrong-challenge', 'it answered another request'],
  ['wrong-origin', 'it came from another site'],
  ['cross-origin', 'the page was inside another site'],
  ['wrong-rp', 'it was made for another site'],
  ['wrong-signature', 'the signature was wrong'],
  ['wrong-credential', 'not one of theirs'],
  ['wrong-user', 'it belongs to another account'],
  ['clock-off', 'the phone’s clock is off'],
  ['locked', 'locked after wrong codes'],
  ['attempts-exhausted', 'too many wrong codes'],
  ['assurance-too-low', 'a second factor was missing'],
  ['authentication-too-old', 'the last proof was too old'],
  ['required', 'a method must be set up first'],
  ['offered', 'a method was offered first'],
  ['no-session', 'not signed in'],
  ['session-ended', 'the session was ended'],
  ['session-expired', 'the session had expired'],
  ['sign-in-too-old', 'the last sign-in was too old'],
  ['sign-in-unseen', 'the app did not say when the person signed in'],
  ['no-usable-factor', 'no method is left to prove'],
  ['strongest-unusable', 'the strongest method no longer works'],
  ['records-unavailable', 'the records cannot be found'],
  ['same-channel', 'the email address was the first factor too'],
  ['mfa-required', 'a password alone is not enough'],
  ['csrf-token-refused', 'the form was too old or foreign'],
  ['send-limit', 'a limit on codes was reached'],
  ['send-budget-exhausted', 'too many codes were sent'],
  ['country-not-allowed', 'texts to that country are not allowed'],
  ['provider-failed', 'the provider failed'],
  ['provider-spared', 'the provider had failed before'],
  ['destination-refused', 'the provider refused the number or address'],
  ['undelivered', 'the text did not arrive'],
  ['by-owner', null],
  ['no-longer-trusted', 'not trusted any more'],
]);

const SCOPES: ReadonlyMap<Value, string> = new Map([
  ['one', 'one session'],
  ['others', 'all others of this person'],
  ['user', 'all of this member'],
  ['organization', 'all of the organization'],
]);

const NEXT: ReadonlyMap<Value, string> = new Map([
  ['challenge', 'a second factor is asked'],
  ['enroll', 'a method must be set up'],
]);

const COUNTED: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['recovery-codes-issued', ['code', 'codes']],
  ['browser-forgotten', ['browser', 'browsers']],
  ['sessions-ended', ['session', 'sessions']],
]);

const words = (value: Value) => String(value).replaceAll('-', ' ');
const until = (value: Value) =>
  typeof value === 'number' && Math.abs(value) < 8.64e15 ? `until ${ENGLISH.moment(value).text}` : null;
const number = (value: Value, one: string, many: string) =>
  typeof value === 'number' ? countOf(value, one, many) : words(value);

const PHRASES: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ['authenticatorId', () => null],
  ['challengeId', () => null],
  ['messageId', () => null],
  ['version', () => null],
  ['outcome', () => null],
  ['codeSeconds', () => null],
  ['removed', (value) => `${number(value, 'method', 'methods')} removed`],
  ['kind', (value) => kindText(value)],
  ['by', (value) => kindText(value)],
  ['purpose', (value) => PURPOSES.get(value) ?? words(value)],
  ['because', (value) => (REASONS.has(value) ? (REASONS.get(value) ?? null) : words(value))],
  ['next', (value) => NEXT.get(value) ?? words(value)],
  ['scope', (value) => SCOPES.get(value) ?? words(value)],
  ['fallbackFrom', (value) => `instead of ${kindText(value)}`],
  ['firstLogin', (value) => (value === true ? 'the first time' : null)],
  ['fields', (value) => String(value).split(' ').map(ruleOf).join(', ')],
  ['until', until],
  ['lockedUntil', until],
  ['graceUntil', (value) => (typeof value === 'number' ? `grace until ${ENGLISH.day(value).text}` : null)],
  ['reason', (value) => `“${String(value)}”`],
  ['imported', (value) => (value === true ? 'imported' : null)],
  ['left', (value) => `${number(value, 'is', 'are')} left`],
  ['seconds', (value) => (typeof value === 'number' ? `for ${durationWords(value, 'no time')}` : null)],
  ['skipsUsed', (value) => `${number(value, 'time', 'times')} so far`],
  ['people', (value) => number(value, 'member', 'members')],
  ['devices', (value) => number(value, 'device or address', 'devices and addresses')],
  ['enabled', (value) => (value === true ? 'enabled' : 'disabled')],
  ['assignedKind', (value) => (value === 'none' ? 'no method assigned' : `${kindText(value)} assigned`)],
  [
    'count',
    (value, name) => {
      const [one, many] = COUNTED.get(name) ?? ['time', 'times'];
      return number(value, one, many);
    },
  ],
]);

function kindText(value: Value): string {
  return typeof value === 'string' && findFactor(value) !== undefined
    ? kindName(value).toLowerCase()
    : words(value);
}

/** The details of an event in words: `authenticator app · at sign-in`. The CSV and JSON have all details as they are stored. */
export function detailWords(name: string, details: Readonly<Record<string, Value>>): string {
  return Object.entries(details)
    .map(([key, value]) => {
      const phrase = PHRASES.get(key);
      return phrase === undefined ? `${keyText(key)}: ${words(value)}` : phrase(value, name);
    })
    .filter((said) => said !== null && said !== '')
    .join(' · ');
}

/** `usedBefore` as `used before`. */
function keyText(key: string): string {
  return key.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

export function toEventRow(event: ShownEvent): EventRow {
  const { at, name, details, userId, userName, actorId, actorName, address } = event;
  const concerned = userName ?? userId;
  const actor = actorName ?? actorId;
  const by = actor === undefined || actorId === userId ? [] : [`by ${actor}`];
  return {
    at: ENGLISH.moment(at),
    name,
    text: eventText(name),
    details: detailWords(name, details),
    who: [...(concerned === undefined ? [] : [concerned]), ...by].join(' '),
    address: address === undefined || address === '' ? null : address,
  };
}
/** The words for events whose name alone is not clear. */
export const EVENTS: ReadonlyMap<string, string> = new Map([
  ['signed-in', 'Signed in'],
  ['signed-out', 'Signed out'],
  ['password-accepted', 'Password accepted'],
  ['password-rejected', 'Wrong password'],
  ['password-throttled', 'Too many passwords tried'],
  ['passwords-sprayed', 'Very many wrong passwords'],
  ['password-changed', 'Password changed'],
  ['login-denied', 'Sign-in denied'],
  ['challenge-issued', 'Code requested'],
  ['proof-accepted', 'Code accepted'],
  ['proof-rejected', 'Wrong code'],
  ['proofs-locked', 'Locked after wrong codes'],
  ['proofs-unlocked', 'Unlocked'],
  ['authenticator-disabled', 'Method disabled after wrong codes'],
  ['code-sent', 'Code sent'],
  ['delivery-failed', 'Code couldn’t be sent'],
  ['delivery-fell-back', 'Code went by email instead'],
  ['delivery-refused', 'Code not sent: limit reached'],
  ['send-budget-exhausted', 'Code not sent: budget used up'],
  ['enrollment-started', 'Began to set up a method'],
  ['enrollment-skipped', 'Skipped setup'],
  ['authenticator-added', 'Method added'],
  ['authenticator-renamed', 'Method renamed'],
  ['authenticator-removed', 'Method removed'],
  ['recovery-codes-issued', 'Recovery codes made'],
  ['recovery-code-used', 'Recovery code used'],
  ['browser-remembered', 'Browser remembered'],
  ['browser-forgotten', 'Browser forgotten'],
  ['browser-token-replayed', 'Copied browser token refused'],
  ['step-up-completed', 'Re-confirmed identity'],
  ['sessions-ended', 'Sessions ended'],
  ['policy-changed', 'Policy changed'],
  ['member-changed', 'Member’s settings changed'],
  ['exemption-granted', 'Exemption granted'],
  ['exemption-ended', 'Exemption ended'],
  ['member-reset', 'Member reset'],
  ['devices-forgotten', 'All devices forgotten'],
  ['reminder-sent', 'Reminder sent'],
  ['request-refused', 'Request refused'],
  ['notice-failed', 'Notification couldn’t be sent'],
  ['notice-abandoned', 'Notification not delivered'],
  ['records-unreadable', 'Records couldn’t be read'],
]);
/** The words for an event; by default its name without hyphens. */
export function eventText(name: string): string {
  const plain = name.replaceAll('-', ' ');
  return EVENTS.get(name) ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  info: 'Information',
  notice: 'Changes',
  warning: 'Warnings',
  alert: 'Alerts',
};
export const EVENT_CHOICES: readonly { readonly name: string; readonly text: string }[] = EVENT_NAMES.map(
  (name) => ({ name, text: eventText(name) }),
);
export interface EventRow {
  readonly at: Moment;
  readonly name: string;
  readonly text: string;
  readonly details: string;
  readonly who: string;
  readonly address: string | null;
}
