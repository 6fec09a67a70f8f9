import type { Option } from '../../core/decision/decide';
import { findTraits, type FactorKind } from '../../core/member/factor-kind';
import { currentCodes, fallbackOfCode, isChallengeOver, liveCode } from '../../core/proof/one-time-code';
import { digitsOf, labelIn, wordsOf } from '../../factors/factor-words';
import { BACKUP_KIND, FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import { codesLockedUntil, type OpenProof } from '../../flows/challenge/open-proof';
import { readPrompt } from '../../flows/challenge/read-prompt';
import type { ChallengeHint } from '../../flows/context/context';
import type { Gathered } from '../../flows/context/gather-facts';
import type { Translator } from '../../messages/translator';
import type { Challenge } from '../../stores/state-store';
import { sentenceFor } from '../kernel/language';
import type { KnownPageRequest } from '../kernel/page-route';
import type { CodeLocals, FactorChoice, LockEnd } from '../kernel/render-page';
import { showOptions } from '../kernel/respond';

export interface ChallengeView extends CodeLocals {
  readonly challengeHint: ChallengeHint;
  /** The kind by which the code was really sent: email, if the text message failed. */
  readonly kind: FactorKind;
  readonly label: string | null;
  readonly alternatives: readonly FactorChoice[];
  /** The locals of the factor's own view; null if it has none. */
  readonly shown: Readonly<Record<string, unknown>> | null;
  readonly lockedUntil: LockEnd | null;
  readonly expired: boolean;
  readonly unsent: boolean;
  readonly limited: boolean;
  readonly exhausted: boolean;
}

export function toChoices(
  translator: Translator,
  gathered: Gathered,
  options: readonly Option[],
): readonly FactorChoice[] {
  return showOptions(gathered, options).map(({ authenticatorId, kind, label, destination }) => ({
    authenticatorId,
    kind,
    label: label === undefined ? null : ownLabel(translator, kind, label),
    destination: destination ?? null,
  }));
}

/** Null if the label is just the name of the kind. */
function ownLabel(translator: Translator, kind: FactorKind, label: string): string | null {
  return labelIn(translator, { kind, label }) === wordsOf(translator, kind).label ? null : label;
}

export async function viewChallenge(
  { context, identity, translator }: KnownPageRequest,
  view: {
    readonly proof: OpenProof;
    readonly challengeHint: ChallengeHint;
    readonly refused: ShownRefusal | null;
  },
): Promise<ChallengeView> {
  const { proof, challengeHint, refused } = view;
  const { decision, gathered } = proof;
  const prompt = await readPrompt(context, { subject: identity.subject, proof, challengeHint });
  const { challenge: live, waitSeconds, shown, now } = prompt;
  const choices = toChoices(translator, gathered, decision.anyOf);
  const own = choices.find(({ authenticatorId }) => authenticatorId === challengeHint.authenticatorId);
  const delivered = channelOfKind(challengeHint.kind) !== null;
  const authenticator = gathered.member.authenticators.find(({ id }) => id === challengeHint.authenticatorId);
  const code = live === undefined ? undefined : (liveCode(live, now) ?? currentCodes(live)[0]);
  const holds = code !== undefined && !isChallengeOver(code, now);
  const wasNeverSent = delivered && live !== undefined && code === undefined;
  return {
    challengeHint,
    kind: code?.sentBy ?? challengeHint.kind,
    label: own?.label ?? null,
    alternatives: choices.filter(({ authenticatorId }) => authenticatorId !== challengeHint.authenticatorId),
    destination: code?.maskedDestination ?? own?.destination ?? null,
    validFor: holds ? translator.duration((code.expiresAt - now) / 1000) : null,
    fallbackFrom: code === undefined ? null : fallbackOfCode(code, FACTOR_TRAITS),
    resend: waitSeconds === null ? null : { waitSeconds },
    codeDigits: digitsOf(authenticator),
    clockIsOff: refused?.because === 'clock-off',
    shown: shown?.view ?? null,
    lockedUntil: isLockedWithCodes(challengeHint.kind) ? codesLockEnd(translator, gathered) : null,
    expired:
      delivered && (live === undefined || (code !== undefined && !holds) || isChallengeOver(live, now)),
    unsent: wasNeverSent && live.notSent !== 'limit',
    limited: wasNeverSent && live.notSent === 'limit',
    ...noteOf(translator, live, { now, refused, kind: challengeHint.kind }),
    // A signed-in person is not sent back to the start, and a form without attempts left would be useless.
    exhausted: !delivered && refused !== null && isExhausted(refused),
  };
}

interface ShownRefusal {
  readonly because: string;
  readonly attemptsLeft?: number;
}

function isExhausted({ because, attemptsLeft }: ShownRefusal): boolean {
  return because === 'attempts-exhausted' || attemptsLeft === 0;
}

/** The note about a valid code. The send limit is not an error while there is a valid code. */
export function noteOf(
  translator: Translator,
  challenge: Challenge | undefined,
  shown: {
    readonly now: number;
    readonly refused: ShownRefusal | null;
    readonly kind: FactorKind;
  },
): Pick<CodeLocals, 'codeNote' | 'error'> {
  const { now, refused, kind } = shown;
  const code = challenge === undefined ? undefined : liveCode(challenge, now);
  const isOnlyWait = refused?.because === 'send-limit';
  const error =
    refused === null || (isOnlyWait && code !== undefined) ? null : errorText(translator, refused, kind);
  if (challenge === undefined || code === undefined) return { error, codeNote: null };
  const isEither = currentCodes(challenge).some(
    ({ id, sendId, sentBy }) => id !== code.id && sendId === code.sendId && sentBy !== code.sentBy,
  );
  if (isOnlyWait) return { error, codeNote: 'earlier' };
  return { error, codeNote: isEither ? 'either' : code.stage === 'sent' ? null : 'delayed' };
}

/** Recovery codes have their own lock, and factors that cannot be guessed have none. */
function isLockedWithCodes(kind: FactorKind): boolean {
  return kind !== BACKUP_KIND && findTraits(FACTOR_TRAITS, kind)?.guessGroup !== null;
}

function codesLockEnd(translator: Translator, gathered: Gathered): LockEnd | null {
  const until = codesLockedUntil(gathered);
  if (until === null) return null;
  return { ...translator.moment(until), wait: translator.duration((until - gathered.now) / 1000) };
}

export function errorText(
  translator: Translator,
  { because, attemptsLeft }: ShownRefusal,
  kind: FactorKind,
): string {
  // The page explains above the field how to set the clock.
  const sentence = sentenceFor(translator, because === 'clock-off' ? 'clock-off-explained' : because, kind);
  if (attemptsLeft === undefined) return sentence;
  return `${sentence} ${translator.t('challenge.triesLeft', { count: attemptsLeft })}`;
}
