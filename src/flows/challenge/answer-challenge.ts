import { addEvidence, type Evidence } from '../../core/decision/assurance';
import { decide, type Decision, type Requirement } from '../../core/decision/decide';
import { guessRank } from '../../core/decision/factor-strength';
import { challengeOptions } from '../../core/decision/usable-factors';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import { isChallengeOver } from '../../core/proof/sent-code';
import { BACKUP_KIND, FACTOR_TRAITS, type Factor } from '../../factors/find-factor';
import type { Rejection } from '../../factors/factor';
import type { Account } from '../../options/ports';
import type { GuessOutcome, MemberRecord } from '../../stores/record-store';
import type { AttemptOutcome, ChallengePurpose } from '../../stores/state-store';
import { challengeOwner, type ChallengeHint, type AuthSubject } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import { gatherFacts, type PrefetchedRecords, type Gathered } from '../context/gather-facts';
import { reportUnreadable } from '../context/report-unreadable';
import { reportAccepted, toEvidence } from './accepted-proof';
import { reportGuessLimits } from './report-guess-limits';

export type RejectedBecause =
  | 'malformed-code'
  | 'no-challenge'
  | 'challenge-expired'
  | 'attempts-exhausted'
  | 'locked'
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

export type Answer =
  | Rejected
  | {
      readonly outcome: 'verified';
      readonly evidence: readonly Evidence[];
      readonly decision: Decision;
      readonly gathered: Gathered;
      readonly asked: ChallengeHint;
      readonly proof: Evidence;
    };

export interface AnswerRequest {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly purpose: Extract<ChallengePurpose, 'login' | 'step-up'>;
  readonly requirement: Requirement;
  readonly submitted: unknown;
  readonly origin: Origin;
  /** What was read together with the session, before the attempt was counted. */
  readonly early?: PrefetchedRecords | undefined;
}

/**
 * Judges one proof. The attempt is counted before it is judged and the proof is used up before it counts, each in one
 * atomic step, so that neither parallel guesses nor a repeated right answer gain anything.
 */
export async function answerChallenge(context: FlowContext, request: AnswerRequest): Promise<Answer> {
  const { subject, account, purpose, origin } = request;
  const { asked } = subject;
  if (asked === null || asked.purpose !== purpose) return { outcome: 'rejected', because: 'no-challenge' };
  // A login that is over is told so for nothing: its cookie must not go on counting guesses against the owner.
  if (subject.phase === 'pending' && isChallengeOver(subject, context.clock.now()))
    return { outcome: 'rejected', because: 'challenge-expired' };
  const factor = context.factors.get(asked.kind);
  if (factor === undefined) return { outcome: 'rejected', because: 'no-challenge' };
  const submitted = factor.parse(request.submitted);
  if (submitted === null) return { outcome: 'rejected', because: 'malformed-code' };

  const spent = context.state.spendAttempt(
    challengeOwner(subject, purpose),
    context.options.limits.perChallenge,
  );
  const [attempt, guess, gathered] = await Promise.all([
    spent,
    spendGuess(context, subject, asked, factor),
    gatherFacts(context, account, subject, {
      early: request.early,
      ...(subject.phase === 'pending' ? { pending: spent.then(({ pending }) => pending) } : {}),
    }),
  ]);
  const reject = (rejected: Rejected) => report(context, request, { rejected, asked, guess, gathered });
  const refused = refuseAnswer({ attempt, guess, gathered, asked });
  if (refused !== null) {
    const isExpired = subject.phase === 'session' && gathered.facts.session?.phase === 'expired';
    return reject(isExpired ? { outcome: 'rejected', because: 'session-expired' } : refused);
  }
  if (attempt.outcome !== 'spent') return { outcome: 'rejected', because: 'challenge-expired' };

  const { challenge, attemptsLeft } = attempt;
  const { member, now } = gathered;
  const trial = { userId: subject.userId, challenge, member, onFile: gathered.account, submitted, now };
  const verification = await factor.verify(trial);
  if (verification.outcome === 'rejected') {
    const authenticator = member.authenticators.find(({ id }) => id === asked.authenticatorId);
    if (verification.because === 'secret-unreadable' && authenticator !== undefined) {
      reportUnreadable(context, subject, authenticator);
    }
    return reject({ ...verification, attemptsLeft });
  }
  if (!(await factor.accept(trial, verification))) {
    return reject({ outcome: 'rejected', because: 'code-used', attemptsLeft });
  }
  const proof = toEvidence(asked, verification, now);
  reportAccepted(context, { account, proof, purpose, origin });
  noteLate(context, account, member);
  return toVerified(gathered, { asked, proof }, request.requirement);
}

/** A note that failed is made again here where the process that owed it has ended. */
function noteLate(
  { background, enrollmentNotes }: FlowContext,
  { id, mfaEnrolled }: Account,
  { authenticators }: MemberRecord,
): void {
  if (mfaEnrolled || authenticators.length === 0) return;
  background.run(`note-enrolled:${id}`, () => enrollmentNotes.note(id, true));
}

/** What a right answer adds to the login or session, and where that leads. */
export function toVerified(
  gathered: Gathered,
  { asked, proof }: { readonly asked: ChallengeHint; readonly proof: Evidence },
  requirement: Requirement,
): Answer & { readonly outcome: 'verified' } {
  const { now } = gathered;
  const evidence = addEvidence(gathered.facts.session?.evidence ?? [], proof);
  const facts = {
    ...gathered.facts,
    session: { phase: 'live', evidence, skipped: false } as const,
    recoveryCodesLeft: gathered.facts.recoveryCodesLeft - (asked.kind === BACKUP_KIND ? 1 : 0),
  };
  const decision = decide(facts, requirement, now);
  return { outcome: 'verified', evidence, decision, gathered: { ...gathered, facts }, asked, proof };
}

/** For a factor that can't be guessed at: no counter moves, and no lock stops it. */
export const NOT_GUESSED: GuessOutcome = { outcome: 'spent', guessesLeft: Infinity, lockedUntil: null };

function spendGuess(
  context: FlowContext,
  subject: AuthSubject,
  asked: ChallengeHint,
  factor: Factor,
): Promise<GuessOutcome> {
  const { kind, guessGroup, enrollable } = factor.traits;
  if (guessGroup === null) return Promise.resolve(NOT_GUESSED);
  return context.records.spendGuess({
    userId: subject.userId,
    group: guessGroup,
    authenticatorId: enrollable ? asked.authenticatorId : null,
    rank: guessRank(FACTOR_TRAITS, kind),
    limits: context.options.limits,
    now: context.clock.now(),
  });
}

/** Everything that refuses an answer before it is looked at; a right and a wrong one look alike here. */
export function refuseAnswer(spent: {
  readonly attempt: AttemptOutcome;
  readonly guess: GuessOutcome;
  readonly gathered: Gathered;
  readonly asked: ChallengeHint;
}): Rejected | null {
  const { attempt, guess, gathered, asked } = spent;
  const phase = gathered.facts.session?.phase;
  if (phase === 'ended') return { outcome: 'rejected', because: 'session-ended' };
  if (phase !== 'live') return { outcome: 'rejected', because: 'challenge-expired' };
  if (guess.outcome === 'locked') {
    return { outcome: 'rejected', because: 'locked', lockedUntil: guess.lockedUntil };
  }
  if (guess.outcome === 'disabled') return { outcome: 'rejected', because: 'authenticator-disabled' };
  if (attempt.outcome === 'exhausted') return { outcome: 'rejected', because: 'attempts-exhausted' };
  if (attempt.outcome === 'missing') return { outcome: 'rejected', because: 'challenge-expired' };
  const { challenge } = attempt;
  const replaced = challenge.kind !== asked.kind || challenge.authenticatorId !== asked.authenticatorId;
  if (replaced || !isStillOffered(gathered, asked))
    return { outcome: 'rejected', because: 'challenge-expired' };
  return null;
}

/** The factor may have been removed, or its kind forbidden, since it was asked. The guess in hand was paid for, so locks are not asked again. */
function isStillOffered(gathered: Gathered, asked: ChallengeHint): boolean {
  const unlocked = { ...gathered.facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  const options = challengeOptions(unlocked, gathered.now);
  return options.some(
    ({ authenticatorId, kind }) => authenticatorId === asked.authenticatorId && kind === asked.kind,
  );
}

/** A refused answer is an event, and so is each limit that it reached. */
function report(
  context: FlowContext,
  request: AnswerRequest,
  refused: {
    readonly rejected: Rejected;
    readonly asked: ChallengeHint;
    readonly guess: GuessOutcome;
    readonly gathered: Gathered;
  },
): Rejected {
  const { account, subject, origin, purpose } = request;
  const { rejected, asked, guess, gathered } = refused;
  const { because, lockedUntil, attemptsLeft } = rejected;
  context.events.report({
    name: 'proof-rejected',
    userId: subject.userId,
    organizationId: subject.organizationId,
    address: origin.address,
    details: { because, purpose, kind: asked.kind, ...(lockedUntil === undefined ? {} : { lockedUntil }) },
  });
  const exhausted = attemptsLeft === 0;
  reportGuessLimits(context, { account, gathered, asked, purpose, guess, exhausted, origin });
  return rejected;
}

/** Whether the answer used a recovery code, of which every address on file is told. */
export function usedRecoveryCode(asked: ChallengeHint): boolean {
  return asked.authenticatorId === RECOVERY_CODES_ID;
}
