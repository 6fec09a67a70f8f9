import { findTraits } from '../../core/member/factor-kind';
import { SEVERITIES, type Severity } from '../../events/events';
import { wordsOf } from '../../factors/factor-words';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { ShownEvent } from '../../flows/admin/list-events';
import type { MessageKey } from '../../messages/catalogues';
import type { Moment, Translator } from '../../messages/translator';
import { methodList } from '../kernel/language';
import { severityBadge, toEventRow, type EventRow } from './event-words';
import type { StateBadge } from './words';

export interface EventStory {
  /** The time of the newest event. */
  readonly at: Moment;
  /** The message. It uses `name` in addition to `values`. */
  readonly key: MessageKey;
  readonly values: Readonly<Record<string, string | number>>;
  readonly name: string;
  readonly notes: string;
  readonly severity: StateBadge | null;
  readonly addresses: readonly string[];
  /** Oldest first. */
  readonly rows: readonly EventRow[];
  /** True if other events of the sign-in may be on another page, or outside the dates of the filter. */
  readonly isPart: boolean;
}

/** The time span in which the list holds every event. An end is null if there is nothing beyond it. */
export interface ListedSpan {
  readonly from: number | null;
  readonly to: number | null;
}

interface StoryContext {
  readonly span: ListedSpan;
  readonly now: number;
  readonly loginMs: number;
}

/** `events` is one page, newest first. A story near its edge makes no claim about events that the next page may hold. */
export function foldSignIns(
  translator: Translator,
  events: readonly ShownEvent[],
  context: StoryContext,
): readonly (EventRow | EventStory)[] {
  const logins = new Map<string, ShownEvent[]>();
  for (const event of events) logins.set(loginKey(event), [...(logins.get(loginKey(event)) ?? []), event]);
  return events.flatMap((event): readonly (EventRow | EventStory)[] => {
    const ofLogin = event.loginId === undefined ? [] : (logins.get(loginKey(event)) ?? []);
    if (ofLogin.length < 2) return [toEventRow(translator, event)];
    return ofLogin[0] === event ? [describeSignIn(translator, ofLogin.toReversed(), context)] : [];
  });
}

function loginKey({ userId, loginId }: ShownEvent): string {
  return JSON.stringify([userId, loginId]);
}

function describeSignIn(
  translator: Translator,
  events: readonly ShownEvent[],
  context: StoryContext,
): EventStory {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('A sign-in has at least one event.');
  const signIn = readSignIn(translator, events);
  const end = context.span.to ?? context.now;
  const mayContinue = !signIn.isDone && !signIn.isLocked && first.at + context.loginMs >= end;
  const mayBeginEarlier =
    first.name !== 'password-accepted' &&
    context.span.from !== null &&
    first.at - context.loginMs < context.span.from;
  const isPart = mayBeginEarlier || (mayContinue && context.span.to !== null);
  const continuation = mayContinue ? (context.span.to === null ? 'open' : 'part') : null;
  return {
    at: translator.moment(last.at),
    name: last.userName ?? last.userId ?? '',
    ...sentenceOf(translator, signIn, continuation),
    severity: severityBadge(translator, mostSevere(events)),
    addresses: [...new Set(events.flatMap(({ address = '' }) => (address === '' ? [] : [address])))],
    rows: events.map((event) => toEventRow(translator, event)),
    isPart,
  };
}

interface SignIn {
  readonly isDone: boolean;
  readonly isLocked: boolean;
  readonly isProven: boolean;
  readonly byPassword: boolean;
  /** Proven methods, in order. */
  readonly methods: readonly string[];
  readonly added: readonly string[];
  readonly wrong: number;
  readonly needsMethod: boolean;
  /** The second step that was requested last; null if none was. */
  readonly requested: 'code' | 'proof' | null;
  readonly isUnsent: boolean;
}

function readSignIn(translator: Translator, events: readonly ShownEvent[]): SignIn {
  const kindsOf = (name: string) =>
    events.flatMap(({ name: own, details: { kind } }) =>
      own === name && typeof kind === 'string' ? [kind] : [],
    );
  const has = (...names: readonly string[]) => events.some(({ name }) => names.includes(name));
  const proven = kindsOf('proof-accepted');
  const requested = kindsOf('challenge-issued').at(-1);
  const byPassword = has('password-accepted');
  return {
    isDone: has('signed-in'),
    isLocked: has('proofs-locked'),
    isProven: has('proof-accepted'),
    byPassword,
    methods: [...new Set([...(byPassword ? ['password'] : []), ...proven])],
    added: kindsOf('authenticator-added').map((kind) => wordsOf(translator, kind).name),
    wrong: events.filter(({ name, details }) => name === 'proof-rejected' && details['purpose'] === 'login')
      .length,
    needsMethod: has('enrollment-started') || events.some(({ details: { next } }) => next === 'enroll'),
    requested: requested === undefined ? null : isTyped(requested) ? 'code' : 'proof',
    isUnsent: has('delivery-failed', 'delivery-refused') && !has('code-sent', 'delivery-fell-back'),
  };
}

/** Whether people type a code for this method. Methods that cannot be guessed, such as passkeys, have no code. */
function isTyped(kind: string): boolean {
  return findTraits(FACTOR_TRAITS, kind)?.guessGroup !== null;
}

type StorySentence = Pick<EventStory, 'key' | 'values' | 'notes'>;

/** `continuation` is set if the sign-in may still continue: `open` from now on, `part` on another page. */
function sentenceOf(
  translator: Translator,
  signIn: SignIn,
  continuation: 'open' | 'part' | null,
): StorySentence {
  const { t } = translator;
  const { isDone, isLocked, isProven, byPassword, methods, added, wrong } = signIn;
  const setUp =
    added.length === 0 ? [] : [t('admin.events.story.added', { methods: translator.list(added) })];
  const failed = wrong === 0 ? [] : [t('admin.events.story.failed', { count: wrong })];
  const notes = [...failed, ...setUp].join(' · ');
  const shown = { methods: methodList(translator, methods) };
  if (isDone && methods.length === 0) return { key: 'admin.events.story.signedIn.plain', values: {}, notes };
  if (isDone) return { key: 'admin.events.story.signedIn', values: shown, notes };
  if (isLocked && wrong > 0)
    return { key: 'admin.events.story.locked', values: { count: wrong }, notes: setUp.join(' · ') };
  if (continuation !== null) return { key: `admin.events.story.${continuation}`, values: {}, notes };
  // A host with its own sign-in asks us only for a factor, and begins the session itself.
  if (isProven && !byPassword) return { key: 'admin.events.story.proven', values: shown, notes };
  return { key: unfinishedKey(signIn), values: {}, notes };
}

function unfinishedKey({ wrong, isProven, needsMethod, requested, isUnsent }: SignIn): MessageKey {
  if (needsMethod) return 'admin.events.story.unfinished.noMethod';
  if (wrong > 0 || isProven || requested === null) return 'admin.events.story.unfinished';
  if (isUnsent) return 'admin.events.story.unfinished.notSent';
  return requested === 'code'
    ? 'admin.events.story.unfinished.noCode'
    : 'admin.events.story.unfinished.noProof';
}

function mostSevere(events: readonly ShownEvent[]): Severity {
  const ranks = events.map(({ severity }) => SEVERITIES.indexOf(severity));
  return SEVERITIES[Math.max(...ranks)] ?? 'info';
}
