import type { Decision, Option } from '../../core/decision/decide';
import { provableFactors } from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import { codesAsked, fallbackOfCode, isChallengeOver, liveCode } from '../../core/proof/sent-code';
import { BACKUP_KIND, FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import { wordsOf } from '../../factors/present-factor';
import type { Rejected } from '../../flows/challenge/answer-challenge';
import { findSendWait } from '../../flows/challenge/issue-challenge';
import { challengeOwner, type ChallengeHint } from '../../flows/context/auth-subject';
import type { Gathered } from '../../flows/context/gather-facts';
import type { Challenge, ChallengePurpose } from '../../stores/state-store';
import { durationText, momentOf } from '../kernel/moments';
import type { KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import type { CodeLocals, FactorChoice, LockEnd } from '../kernel/render-page';
import { showOptions } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';

export type Challenging = Decision & { readonly outcome: 'challenge' };

/** A challenge as it stands when its page is opened. */
export interface Opened {
  readonly gathered: Gathered;
  readonly decision: Challenging;
}

interface LockedRefusal {
  readonly because: 'locked';
  readonly status: number;
  readonly retryAfterSeconds: number;
}

/** What a page that asks for a code shows beside the field. */
export interface AskedView extends CodeLocals {
  readonly asked: ChallengeHint;
  /** Where to look for the code: a text message that failed went by email. */
  readonly kind: FactorKind;
  readonly label: string | null;
  readonly alternatives: readonly FactorChoice[];
  readonly lockedUntil: LockEnd | null;
  readonly expired: boolean;
  readonly unsent: boolean;
  readonly limited: boolean;
  readonly exhausted: boolean;
}

/**
 * The factor that is asked: the one that was asked last, if it is still offered; otherwise the first, if it needs no sending.
 * Null where the person has to choose, since a page that is only looked at sends nothing.
 */
export function askedFactor(
  page: KnownPageRequest,
  opened: Opened,
  purpose: ChallengePurpose,
): ChallengeHint | null {
  const { decision, gathered } = opened;
  const { asked } = page.identity.subject;
  const offered = (option: Option) =>
    asked?.purpose === purpose &&
    asked.authenticatorId === option.authenticatorId &&
    asked.kind === option.kind;
  if (asked !== null && decision.anyOf.some((option) => offered(option))) return asked;
  // A locked factor is not offered, but the page says so and what else there is.
  if (codesLockEnd(gathered) !== null) {
    if (asked?.purpose === purpose && asked.kind !== BACKUP_KIND) return asked;
    const [locked] = provableFactors(gathered.facts);
    if (locked !== undefined) return { purpose, ...locked };
  }
  const [first] = decision.anyOf;
  const needsNoSending = first !== undefined && (first.kind === 'totp' || decision.anyOf.length === 1);
  if (!needsNoSending || first.kind === 'email' || first.kind === 'sms') return null;
  return { purpose, authenticatorId: first.authenticatorId, kind: first.kind };
}

/** Whether it is asked for once more on its own page, and not chosen from the list. */
export function isAskedFor(
  { identity }: KnownPageRequest,
  { purpose, authenticatorId }: Pick<ChallengeHint, 'purpose' | 'authenticatorId'>,
): boolean {
  const { asked } = identity.subject;
  return asked?.purpose === purpose && asked.authenticatorId === authenticatorId;
}

/** What to answer where the factor that is asked is locked, so that no code is sent and none is judged; null where it is not. */
export function refuseLocked({ decision, gathered }: Opened, asked: ChallengeHint): LockedRefusal | null {
  const { codesLockedUntil } = gathered.facts;
  const offered = decision.anyOf.some(({ authenticatorId }) => authenticatorId === asked.authenticatorId);
  if (offered || codesLockedUntil === null || gathered.now >= codesLockedUntil) return null;
  const retryAfterSeconds = Math.ceil((codesLockedUntil - gathered.now) / 1000);
  return { because: 'locked', status: refusalStatus('locked'), retryAfterSeconds };
}

export function toChoices(gathered: Gathered, options: readonly Option[]): readonly FactorChoice[] {
  return showOptions(gathered, options).map(({ authenticatorId, kind, label, destination }) => ({
    authenticatorId,
    kind,
    label: ownLabel(kind, label),
    destination: destination ?? null,
  }));
}

/** The name of the kind itself would only say the same twice. */
function ownLabel(kind: FactorKind, label: string | undefined): string | null {
  return label === undefined || label === wordsOf(kind).label ? null : label;
}

/** Everything about the factor that is asked, read for showing. */
export async function viewAsked(
  page: KnownPageRequest,
  view: {
    readonly asked: ChallengeHint;
    readonly decision: Challenging;
    readonly gathered: Gathered;
    readonly refused: { readonly because: string; readonly attemptsLeft?: number } | null;
  },
): Promise<AskedView> {
  const { asked, decision, gathered, refused } = view;
  const { context, identity } = page;
  const option: Option = { authenticatorId: asked.authenticatorId, kind: asked.kind };
  const [challenge, waitSeconds] = await Promise.all([
    context.state.findChallenge(challengeOwner(identity.subject, asked.purpose)),
    findSendWait(context, gathered, option),
  ]);
  const choices = toChoices(gathered, decision.anyOf);
  const own = choices.find(({ authenticatorId }) => authenticatorId === asked.authenticatorId);
  const now = context.clock.now();
  const live = challenge?.authenticatorId === asked.authenticatorId ? challenge : undefined;
  const delivered = channelOfKind(asked.kind) !== null;
  const code = live === undefined ? undefined : (liveCode(live, now) ?? codesAsked(live)[0]);
  const holds = code !== undefined && !isChallengeOver(code, now);
  const wasNeverSent = delivered && live !== undefined && code === undefined;
  return {
    asked,
    kind: code?.sentBy ?? asked.kind,
    label: own?.label ?? null,
    alternatives: choices.filter(({ authenticatorId }) => authenticatorId !== asked.authenticatorId),
    destination: code?.maskedDestination ?? own?.destination ?? null,
    validFor: holds ? durationText((code.expiresAt - now) / 1000) : null,
    fallbackFrom: code === undefined ? null : fallbackOfCode(code, FACTOR_TRAITS),
    resend: waitSeconds === null ? null : { waitSeconds },
    clockIsOff: refused?.because === 'clock-off',
    lockedUntil: asked.kind === BACKUP_KIND ? null : codesLockEnd(gathered),
    expired:
      delivered && (live === undefined || (code !== undefined && !holds) || isChallengeOver(live, now)),
    unsent: wasNeverSent && live.notSent !== 'limit',
    limited: wasNeverSent && live.notSent === 'limit',
    ...noteOf(live, { now, refused, kind: asked.kind }),
    // Whoever is signed in is not sent back to the start, and a form with no try left helps nobody.
    exhausted: !delivered && refused !== null && isExhausted(refused),
  };
}

function isExhausted({ because, attemptsLeft }: { because: string; attemptsLeft?: number }): boolean {
  return because === 'attempts-exhausted' || attemptsLeft === 0;
}

/** What to say of a code that holds. That the next one takes a wait is no failure, where there is one to use. */
export function noteOf(
  challenge: Challenge | undefined,
  shown: {
    readonly now: number;
    readonly refused: { readonly because: string; readonly attemptsLeft?: number } | null;
    readonly kind: FactorKind;
  },
): Pick<CodeLocals, 'codeNote' | 'error'> {
  const { now, refused, kind } = shown;
  const code = challenge === undefined ? undefined : liveCode(challenge, now);
  const isOnlyWait = refused?.because === 'send-limit';
  const error = refused === null || (isOnlyWait && code !== undefined) ? null : errorText(refused, kind);
  if (challenge === undefined || code === undefined) return { error, codeNote: null };
  const isEither = codesAsked(challenge).some(
    ({ id, sendId, sentBy }) => id !== code.id && sendId === code.sendId && sentBy !== code.sentBy,
  );
  if (isOnlyWait) return { error, codeNote: 'earlier' };
  return { error, codeNote: isEither ? 'either' : code.stage === 'sent' ? null : 'delayed' };
}

function codesLockEnd({ facts, now }: Gathered): LockEnd | null {
  const { codesLockedUntil } = facts;
  if (codesLockedUntil === null || now >= codesLockedUntil) return null;
  return { ...momentOf(codesLockedUntil), wait: durationText((codesLockedUntil - now) / 1000) };
}

/** The sentence beside the field, with the tries left. */
export function errorText(
  { because, attemptsLeft }: Pick<Rejected, 'attemptsLeft'> & { readonly because: string },
  kind: FactorKind,
): string {
  // Above the field stands how to set the clock.
  const sentence = sentenceFor(because === 'clock-off' ? 'clock-off-explained' : because, kind);
  if (attemptsLeft === undefined) return sentence;
  return `${sentence} ${attemptsLeft === 1 ? '1 try left.' : `${attemptsLeft} tries left.`}`;
}
