import type { Requirement } from '../../core/decision/decide';
import { challengeOptions, guessRank } from '../../core/decision/usable-factors';
import { isChallengeOver } from '../../core/proof/one-time-code';
import type { Rejection } from '../../factors/factor';
import { FACTOR_TRAITS, type Factor } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { GuessOutcome } from '../../records/records';
import type { AttemptOutcome, ChallengePurpose } from '../../stores/state-store';
import {
  challengeOwner,
  loginOfChallenge,
  type AuthSubject,
  type ChallengeHint,
  type FlowContext,
  type Origin,
} from '../context/context';
import { gatherFacts, type Gathered, type PrefetchedRecords } from '../context/gather-facts';
import { reportUnreadable } from '../context/report-unreadable';
import { concludeProof, type Verified } from './after-proof';
import { reportCopied, reportGuessLimits } from './report-answer';
import { UNLOCK_ATTEMPTS, unlockOwner, type FoundUnlockLink } from './unlock-link';

export type RejectedBecause =
  | 'malformed-code'
  | 'no-challenge'
  | 'challenge-expired'
  | 'attempts-exhausted'
  | 'locked'
  /** The unlock link is used up, so the person must wait. */
  | 'unlock-used-up'
  | 'authenticator-disabled'
  | 'session-ended'
  | 'session-expired'
  | 'too-many-authenticators'
  | 'too-many-changes'
  | Rejection['because'];

export interface Rejected {
  readonly outcome: 'rejected';
  readonly because: RejectedBecause;
  readonly attemptsLeft?: number;
  readonly lockedUntil?: number;
  readonly driftSeconds?: number;
  readonly retryAfterSeconds?: number;
}

export type Answer = Rejected | Verified;

export type ProofPurpose = Exclude<ChallengePurpose, 'enroll'>;

export interface AnswerRequest {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly purpose: ProofPurpose;
  readonly requirement: Requirement;
  readonly submitted: unknown;
  readonly origin: Origin;
  /** For the purpose `unlock`. The link has its own limit on attempts, because a lock freezes the user's count. */
  readonly link?: FoundUnlockLink | undefined;
  /** Records that were read together with the session, before the attempt was counted. */
  readonly early?: PrefetchedRecords | undefined;
}

/** The attempt is counted before the check, and the proof used up before it counts: parallel guesses and replays gain nothing. */
export async function answerChallenge(context: FlowContext, request: AnswerRequest): Promise<Answer> {
  const { subject, account, purpose, origin, requirement, link } = request;
  const { challengeHint } = subject;
  if (challengeHint === null || challengeHint.purpose !== purpose)
    return { outcome: 'rejected', because: 'no-challenge' };
  // Reject before counting: an old cookie of an ended login must not count guesses against its owner.
  if (subject.phase === 'pending' && isChallengeOver(subject, context.clock.now()))
    return { outcome: 'rejected', because: 'challenge-expired' };
  const factor = context.factors.get(challengeHint.kind);
  if (factor === undefined) return { outcome: 'rejected', because: 'no-challenge' };
  const submitted = factor.parse(request.submitted);
  if (submitted === null) return { outcome: 'rejected', because: 'malformed-code' };

  const spent = spendAttempt(context, request);
  const isReadWithAttempt = subject.phase === 'pending' && link === undefined;
  const [attempt, guess, gathered] = await Promise.all([
    spent,
    spendGuess(context, request, { challengeHint, factor }),
    gatherFacts(context, account, subject, {
      early: request.early,
      ...(isReadWithAttempt ? { pending: spent.then(({ pending }) => pending) } : {}),
    }),
  ]);
  const reject = (rejected: Rejected, check?: string) =>
    rejectAnswer(context, request, { rejected, challengeHint, guess, gathered, check });
  const refused = refuseAnswer({ attempt, guess, gathered, challengeHint });
  if (refused !== null) {
    const isExpired = subject.phase === 'session' && gathered.facts.session.phase === 'expired';
    return reject(isExpired ? { outcome: 'rejected', because: 'session-expired' } : refused);
  }
  if (attempt.outcome !== 'spent') return { outcome: 'rejected', because: 'challenge-expired' };

  const { challenge, attemptsLeft } = attempt;
  const { member, now } = gathered;
  const input = { userId: subject.userId, challenge, member, onFile: gathered.account, submitted, now };
  const verification = await factor.verify(input);
  if (verification.outcome === 'rejected') {
    const authenticator = member.authenticators.find(({ id }) => id === challengeHint.authenticatorId);
    if (verification.because === 'secret-unreadable' && authenticator !== undefined) {
      reportUnreadable(context, subject, authenticator);
    }
    const { check, ...rejection } = verification;
    if (rejection.because === 'counter')
      await reportCopied(context, { account, gathered, challengeHint, origin: request.origin });
    return reject({ ...rejection, attemptsLeft }, check);
  }
  if (!(await factor.accept(input, verification))) {
    return reject({ outcome: 'rejected', because: 'code-used', attemptsLeft });
  }
  return concludeProof(context, {
    account,
    gathered,
    challengeHint,
    shown: verification,
    purpose,
    requirement,
    origin,
    link,
    login: loginOfChallenge({ ownerId: subject.ownerId, purpose }),
  });
}

function spendAttempt(
  { state, options }: FlowContext,
  { subject, purpose, link }: AnswerRequest,
): Promise<AttemptOutcome> {
  if (link !== undefined) return state.spendAttempt(unlockOwner(link), UNLOCK_ATTEMPTS);
  return state.spendAttempt(challengeOwner(subject, purpose), options.limits.perChallenge);
}

/** For a factor that can't be guessed: there is no count and no lock. */
const NOT_GUESSED: GuessOutcome = { outcome: 'spent', guessesLeft: Infinity, lockedUntil: null };

function spendGuess(
  context: FlowContext,
  { subject, link }: AnswerRequest,
  { challengeHint, factor }: { readonly challengeHint: ChallengeHint; readonly factor: Factor },
): Promise<GuessOutcome> {
  const { kind, guessGroup, enrollable, askedTogether } = factor.traits;
  if (guessGroup === null) return Promise.resolve(NOT_GUESSED);
  return context.records.spendGuess({
    userId: subject.userId,
    group: guessGroup,
    authenticatorId: enrollable && !askedTogether ? challengeHint.authenticatorId : null,
    rank: guessRank(FACTOR_TRAITS, kind),
    limits: context.options.limits,
    now: context.clock.now(),
    ...(link === undefined ? {} : { duringLock: true }),
  });
}

/** Refuses before the code is verified, so a refusal does not reveal whether it was right. */
function refuseAnswer(spent: {
  readonly attempt: AttemptOutcome;
  readonly guess: GuessOutcome;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
}): Rejected | null {
  const { attempt, guess, gathered, challengeHint } = spent;
  const phase = gathered.facts.session.phase;
  if (phase === 'ended') return { outcome: 'rejected', because: 'session-ended' };
  if (phase !== 'live') return { outcome: 'rejected', because: 'challenge-expired' };
  if (guess.outcome === 'locked') {
    return { outcome: 'rejected', because: 'locked', lockedUntil: guess.lockedUntil };
  }
  if (guess.outcome === 'disabled') return { outcome: 'rejected', because: 'authenticator-disabled' };
  if (attempt.outcome === 'exhausted') return { outcome: 'rejected', because: 'attempts-exhausted' };
  if (attempt.outcome === 'missing') return { outcome: 'rejected', because: 'challenge-expired' };
  const { challenge } = attempt;
  const replaced =
    challenge.kind !== challengeHint.kind || challenge.authenticatorId !== challengeHint.authenticatorId;
  if (replaced || !isStillOffered(gathered, challengeHint))
    return { outcome: 'rejected', because: 'challenge-expired' };
  return null;
}

/** The factor may be gone since the challenge was issued. Ignores locks, because this attempt is already counted. */
function isStillOffered(gathered: Gathered, challengeHint: ChallengeHint): boolean {
  const unlocked = { ...gathered.facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  const options = challengeOptions(unlocked, gathered.now);
  return options.some(
    ({ authenticatorId, kind }) =>
      authenticatorId === challengeHint.authenticatorId && kind === challengeHint.kind,
  );
}

/** Reports a refused answer, and each limit that it reached. */
async function rejectAnswer(
  context: FlowContext,
  request: AnswerRequest,
  refused: {
    readonly rejected: Rejected;
    readonly challengeHint: ChallengeHint;
    readonly guess: GuessOutcome;
    readonly gathered: Gathered;
    readonly check: string | undefined;
  },
): Promise<Rejected> {
  const { account, subject, origin, purpose, link } = request;
  const { rejected, challengeHint, guess, gathered, check = rejected.because } = refused;
  const { because, lockedUntil, attemptsLeft } = rejected;
  const login = loginOfChallenge({ ownerId: subject.ownerId, purpose });
  context.events.report({
    name: 'proof-rejected',
    userId: subject.userId,
    organizationId: subject.organizationId,
    address: origin.address,
    ...login,
    details: {
      because: check,
      purpose,
      kind: challengeHint.kind,
      ...(lockedUntil === undefined ? {} : { lockedUntil }),
    },
  });
  const exhausted = attemptsLeft === 0 && link === undefined;
  reportGuessLimits(context, { account, gathered, challengeHint, purpose, guess, exhausted, origin, login });
  const isUsedUp = attemptsLeft === 0 || because === 'attempts-exhausted';
  if (link === undefined || !isUsedUp) return rejected;
  await context.state.endUnlockLink(link.tokenHash);
  return { outcome: 'rejected', because: 'unlock-used-up' };
}
