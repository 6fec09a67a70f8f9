import { EVENT_NAMES, type Severity } from '../../events/events';
import { wordsOf } from '../../factors/factor-words';
import { findFactor } from '../../factors/find-factor';
import type { ShownEvent } from '../../flows/admin/list-events';
import type { MessageKey } from '../../messages/catalogues';
import type { Moment, Translator } from '../../messages/translator';
import { durationText, type StateBadge } from './words';

type Value = string | number | boolean;

/** The words for one detail; null if the name of the event already says it, or if only programs need it. */
type Phrase = (translator: Translator, value: Value, name: string) => string | null;

/** Reasons that the name of the event already says. */
const HIDDEN_REASONS: ReadonlySet<Value> = new Set(['satisfied', 'wrong-code', 'by-owner']);

const plain = (value: Value) => String(value).replaceAll('-', ' ');

const hidden: Phrase = () => null;

const until: Phrase = ({ t, moment }, value) =>
  typeof value === 'number' && Math.abs(value) < 8.64e15
    ? t('admin.events.detail.until', { when: moment(value).text })
    : null;

const counted =
  (key: MessageKey): Phrase =>
  ({ t }, value) =>
    typeof value === 'number' ? t(key, { count: value }) : plain(value);

const ifTrue =
  (key: MessageKey): Phrase =>
  ({ t }, value) =>
    value === true ? t(key) : null;

const kindText: Phrase = (translator, value) =>
  typeof value === 'string' && findFactor(value) !== undefined ? wordsOf(translator, value).by : plain(value);

/** The message of a known value; other values are shown as they are. */
function known(translator: Translator, key: string, value: Value): string {
  return translator.has(key) ? translator.t(key) : plain(value);
}

const PHRASES: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ['authenticatorId', hidden],
  ['challengeId', hidden],
  ['messageId', hidden],
  ['version', hidden],
  ['outcome', hidden],
  ['codeSeconds', hidden],
  ['removed', counted('admin.events.count.removed')],
  ['kind', kindText],
  ['by', kindText],
  ['purpose', (translator, value) => known(translator, `admin.events.purpose.${value}`, value)],
  [
    'because',
    (translator, value) =>
      HIDDEN_REASONS.has(value) ? null : known(translator, `admin.events.because.${value}`, value),
  ],
  ['next', (translator, value) => known(translator, `admin.events.next.${value}`, value)],
  ['scope', (translator, value) => known(translator, `admin.events.scope.${value}`, value)],
  [
    'fallbackFrom',
    (translator, value, name) =>
      translator.t('admin.events.detail.fallbackFrom', { kind: kindText(translator, value, name) ?? '' }),
  ],
  ['firstLogin', ifTrue('admin.events.detail.firstLogin')],
  [
    'fields',
    (translator, value) =>
      translator.list(
        String(value)
          .split(' ')
          .map((field) => fieldText(translator, field)),
      ),
  ],
  ['until', until],
  ['lockedUntil', until],
  [
    'graceUntil',
    ({ t, day }, value) =>
      typeof value === 'number' ? t('admin.events.detail.graceUntil', { day: day(value).text }) : null,
  ],
  ['reason', ({ t }, value) => t('admin.events.detail.reason', { reason: String(value) })],
  ['imported', ifTrue('admin.events.detail.imported')],
  ['left', counted('admin.events.count.left')],
  ['seconds', durationDetail],
  ['skipsUsed', counted('admin.events.count.skipsUsed')],
  ['people', counted('admin.events.count.people')],
  ['devices', counted('admin.events.count.devices')],
  [
    'enabled',
    ({ t }, value) => t(value === true ? 'admin.events.detail.enabled' : 'admin.events.detail.disabled'),
  ],
  [
    'assignedKind',
    (translator, value, name) =>
      value === 'none'
        ? translator.t('admin.events.detail.unassigned')
        : translator.t('admin.events.detail.assigned', { kind: kindText(translator, value, name) ?? '' }),
  ],
  [
    'count',
    (translator, value, name) => {
      const key = `admin.events.count.${name}`;
      return counted(translator.has(key) ? key : 'admin.events.count.times')(translator, value, name);
    },
  ],
]);

function durationDetail(translator: Translator, value: Value): string | null {
  const duration = typeof value === 'number' ? durationText(translator, value) : null;
  return duration === null ? null : translator.t('admin.events.detail.seconds', { duration });
}

/** The name of a rule of the policy within a sentence; unknown names are returned unchanged. */
function fieldText(translator: Translator, field: string): string {
  const key = `admin.events.field.${field}`;
  return translator.has(key) ? translator.t(key) : field;
}

/** The details of an event in words: `authenticator app · at sign-in`. The CSV and JSON have all details as they are stored. */
export function detailWords(
  translator: Translator,
  name: string,
  details: Readonly<Record<string, Value>>,
): string {
  return Object.entries(details)
    .map(([key, value]) => {
      const phrase = PHRASES.get(key);
      return phrase === undefined
        ? translator.t('admin.events.detail.unknown', { name: keyText(key), value: plain(value) })
        : phrase(translator, value, name);
    })
    .filter((phrase) => phrase !== null && phrase !== '')
    .join(' · ');
}

/** `usedBefore` as `used before`. */
function keyText(key: string): string {
  return key.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

export function toEventRow(translator: Translator, event: ShownEvent): EventRow {
  const { at, name, details, address, severity } = event;
  return {
    at: translator.moment(at),
    name,
    text: eventText(translator, name),
    details: detailWords(translator, name, details),
    who: whoText(translator, event),
    address: address === undefined || address === '' ? null : address,
    severity: severityBadge(translator, severity),
  };
}

export function severityBadge({ t }: Translator, severity: Severity): StateBadge | null {
  if (severity === 'alert') return { tone: 'bad', icon: 'bad', text: t('admin.events.badge.alert') };
  if (severity !== 'warning') return null;
  return { tone: 'attention', icon: 'attention', text: t('admin.events.badge.warning') };
}

/** The person concerned, and the actor if that is another person. */
function whoText({ t }: Translator, { userId, userName, actorId, actorName }: ShownEvent): string {
  const name = userName ?? userId;
  const actor = actorName ?? actorId;
  if (actor === undefined || actorId === userId) return name ?? '';
  return name === undefined ? t('admin.events.by.unnamed', { actor }) : t('admin.events.by', { name, actor });
}

/** The words for an event; an unknown event, from another version, is shown by its name without hyphens. */
export function eventText(translator: Translator, name: string): string {
  return known(translator, `admin.events.name.${name}`, name);
}

export function eventChoices(
  translator: Translator,
): readonly { readonly name: string; readonly text: string }[] {
  return EVENT_NAMES.map((name) => ({ name, text: eventText(translator, name) }));
}
export interface EventRow {
  readonly at: Moment;
  readonly name: string;
  readonly text: string;
  readonly details: string;
  readonly who: string;
  readonly address: string | null;
  readonly severity: StateBadge | null;
}
