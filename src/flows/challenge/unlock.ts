import type { Option } from '../../core/decision/decide';
import { guessRank, rankOf, rankOfProof, strongestRank } from '../../core/decision/factor-strength';
import { challengeOptions } from '../../core/decision/usable-factors';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import { canEndLock, lockEnd } from '../../core/member/guess-counter';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { ChallengeOwner } from '../../stores/state-store';
import { reportUnlocked, unlockMember } from '../admin/member-settings';
import type { ChallengeHint, AuthSubject } from '../context/auth-subject';
import { newId, newHandle, type FlowContext, type Origin } from '../context/context';
import { gatherFacts, type Gathered } from '../context/gather-facts';
import { reportAccepted, toEvidence } from './accepted-proof';
import type { ChallengeOutcome } from './active-challenge';
import { NOT_GUESSED, refuseAnswer, toVerified, type Answer, type Rejected } from './answer-challenge';
import { issueChallengeFor } from './issue-challenge';
import { reportGuessLimits } from './report-guess-limits';
import type { FoundUnlockLink } from './unlock-link';

/** Guesses that one link allows, however many logins use it. */
export const UNLOCK_ATTEMPTS = 3;

/** The attempts belong to the link and not to the login, so that a second login has no more. */
export function unlockOwner({ userId, tokenHash }: FoundUnlockLink): ChallengeOwner {
  return { userId, ownerId: `unlock-${tokenHash}`, purpose: 'unlock' };
}

/** The facts as they would be without the lock. */
export function withoutLocks(gathered: Gathered): Gathered {
  const facts = { ...gathered.facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  return { ...gathered, facts };
}

/**
 * What ends the lock: a factor that the person could prove if nothing were locked, and that is no weaker than what was guessed at.
 * A recovery code has a lock of its own, which the strongest factor ends.
 */
export function unlockOptions(
  { options: { limits } }: Pick<FlowContext, 'options'>,
  gathered: Gathered,
): readonly Option[] {
  const { member, facts, now } = gathered;
  const { codes, 'recovery-codes': recoveryCodes } = member.guesses;
  const areCodesLocked = lockEnd(codes, limits, now) !== null;
  const areRecoveryCodesLocked = lockEnd(recoveryCodes, limits, now) !== null;
  return challengeOptions(withoutLocks(gathered).facts, now).filter(({ authenticatorId, kind }) => {
    if (authenticatorId === RECOVERY_CODES_ID) return false;
    if (areRecoveryCodesLocked && rankOf(facts.factors, kind) >= strongestRank(facts)) return true;
    return areCodesLocked && canEndLock(codes, guessRank(facts.factors, kind));
  });
}

/** Asks one factor, and sends its code where it is delivered. */
export async function askUnlock(
  context: FlowContext,
  request: {
    readonly link: FoundUnlockLink;
    readonly option: Option;
    readonly gathered: Gathered;
    readonly resend?: boolean;
  },
): Promise<ChallengeOutcome> {
  const { link, option, gathered, resend = false } = request;
  const owner = unlockOwner(link);
  if ((await context.state.findChallenge(owner)) === undefined) {
    // As long as the link, so that the attempts spent on it are not forgotten before it is.
    const life = { now: context.clock.now(), underPendingLogin: false, after: null };
    await context.state.issueChallenge({ ...emptyChallenge(owner, option), expiresAt: link.expiresAt }, life);
  }
  return issueChallengeFor(context, { owner, option, gathered, pendingUntil: null, resend });
}

function emptyChallenge(owner: ChallengeOwner, { kind, authenticatorId }: Option) {
  return {
    ...owner,
    id: newId(),
    version: newHandle(),
    kind,
    authenticatorId,
    codes: [],
    notSent: null,
    sealedSecret: null,
  };
}

export interface UnlockRequest {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly link: FoundUnlockLink;
  readonly asked: ChallengeHint;
  readonly submitted: unknown;
  readonly origin: Origin;
}

export type UnlockAnswer =
  | Answer
  /** The link is used up; waiting is what is left. */
  | { readonly outcome: 'used-up' };

/**
 * Judges the proof that ends a lock: under a right password or a session, by the link, with a factor. Each guess counts for the
 * authenticator as everywhere, and the link has a small cap of its own, since the user's count stands still while it is locked.
 */
export async function answerUnlock(context: FlowContext, request: UnlockRequest): Promise<UnlockAnswer> {
  const { account, subject, link, asked, origin } = request;
  const factor = context.factors.get(asked.kind);
  const submitted = factor?.parse(request.submitted) ?? null;
  if (factor === undefined || submitted === null) return { outcome: 'rejected', because: 'malformed-code' };
  const { guessGroup, enrollable } = factor.traits;
  const [attempt, guess, gathered] = await Promise.all([
    context.state.spendAttempt(unlockOwner(link), UNLOCK_ATTEMPTS),
    guessGroup === null
      ? NOT_GUESSED
      : context.records.spendGuess({
          userId: account.id,
          group: guessGroup,
          authenticatorId: enrollable ? asked.authenticatorId : null,
          rank: guessRank(FACTOR_TRAITS, asked.kind),
          limits: context.options.limits,
          now: context.clock.now(),
          duringLock: true,
        }),
    gatherFacts(context, account, subject),
  ]);
  const reject = async (rejected: Rejected): Promise<UnlockAnswer> => {
    reportRejected(context, request, rejected);
    reportGuessLimits(context, {
      account,
      gathered,
      asked,
      purpose: 'unlock',
      guess,
      exhausted: false,
      origin,
    });
    if (rejected.attemptsLeft !== 0 && rejected.because !== 'attempts-exhausted') return rejected;
    await context.state.endUnlockLink(link.tokenHash);
    return { outcome: 'used-up' };
  };
  const refused = refuseAnswer({ attempt, guess, gathered, asked });
  if (refused !== null) return reject(refused);
  if (attempt.outcome !== 'spent') return { outcome: 'rejected', because: 'challenge-expired' };
  const { challenge, attemptsLeft } = attempt;
  const { member, now } = gathered;
  const trial = { userId: account.id, challenge, member, onFile: gathered.account, submitted, now };
  const verification = await factor.verify(trial);
  if (verification.outcome === 'rejected') return reject({ ...verification, attemptsLeft });
  if (!(await factor.accept(trial, verification)))
    return reject({ outcome: 'rejected', because: 'code-used', attemptsLeft });
  const proof = toEvidence(asked, verification, now);
  reportAccepted(context, { account, proof, purpose: 'unlock', origin });
  const act = { userId: account.id, organizationId: account.organizationId, address: origin.address };
  // Accepting the proof has ended the counts that are no stronger; the strongest ends all of them.
  const isStrongest = rankOfProof(FACTOR_TRAITS, proof) >= strongestRank(gathered.facts);
  await Promise.all([
    context.state.endUnlockLink(link.tokenHash),
    isStrongest ? unlockMember(context, act) : reportUnlocked(context, act),
  ]);
  return toVerified(withoutLocks(gathered), { asked, proof }, { kind: 'policy' });
}

function reportRejected(context: FlowContext, request: UnlockRequest, { because }: Rejected): void {
  const { account, asked, origin } = request;
  context.events.report({
    name: 'proof-rejected',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
    details: { because, purpose: 'unlock', kind: asked.kind },
  });
}
