import { deriveAmr, deriveAssuranceLevel } from '../core/decision/assurance';
import { decide, type Option } from '../core/decision/decide';
import type { FactorKind } from '../core/member/factor-kind';
import { BACKUP_KIND, FACTOR_TRAITS } from '../factors/find-factor';
import type { NotFound } from '../flows/admin/member-acts';
import type { Sent } from '../flows/challenge/active-challenge';
import { answerChallenge } from '../flows/challenge/answer-challenge';
import { issueChallengeFor } from '../flows/challenge/issue-challenge';
import { challengeOwner } from '../flows/context/auth-subject';
import type { FlowContext, Origin } from '../flows/context/context';
import { gatherFacts, type Gathered } from '../flows/context/gather-facts';
import { REPROOF_SECONDS } from '../flows/enrollment/authorize-enrollment';
import { beginHostLogin, findHostLogin, type HostSubject } from '../flows/sign-in/host-login';
import { showOptions, type ShownOption } from '../http/kernel/respond';
import { findMemberAccount, type MemberId } from './host-actor';

export interface ChallengeOptions {
  /** One of `anyOf`. Default: the one that is asked first. */
  readonly authenticatorId?: string;
  /** Goes on with a challenge that was begun: another factor, or a new code. */
  readonly challengeId?: string;
}

export interface ChallengeAnswer {
  readonly challengeId: string;
  /** As typed. */
  readonly code: string;
  /** Where the answer came from, for events and notices. */
  readonly origin: Origin;
}

/** What a challenge asks. */
export interface ActiveChallenge {
  readonly challengeId: string;
  readonly expiresAt: number;
  readonly asked: Option;
  /** What else could be asked, with addresses masked. */
  readonly anyOf: readonly ShownOption[];
}

export type ChallengeBegun =
  | ({ readonly outcome: 'challenge'; readonly sent?: Sent } & ActiveChallenge)
  /** It stands, but its code did not go out. */
  | ({
      readonly outcome: 'not-sent';
      readonly because: string;
      readonly retryAfterSeconds?: number;
    } & ActiveChallenge)
  /** There is nothing to ask. */
  | { readonly outcome: 'no-factor' }
  /** Locked, or not active. */
  | { readonly outcome: 'denied'; readonly because: string }
  | { readonly outcome: 'rejected'; readonly because: 'challenge-expired' | 'no-authenticator' }
  | NotFound;

/** A code that was not accepted, by the words of the challenge page. */
export interface CodeRejected {
  readonly outcome: 'rejected';
  readonly because: string;
  readonly attemptsLeft?: number;
  readonly lockedUntil?: number;
  /** How far the clock of the person's device is off. */
  readonly driftSeconds?: number;
  readonly retryAfterSeconds?: number;
}

export type ChallengeAnswered =
  | {
      readonly outcome: 'verified';
      readonly kind: FactorKind;
      readonly authenticatorId: string;
      /** RFC 8176 values. */
      readonly amr: readonly string[];
      readonly assuranceLevel: 1 | 2;
    }
  | CodeRejected
  | NotFound;

/**
 * Asks a person for a second factor in the host's own code, such as the server of a native app or a help desk. The host vouches
 * for who it is; no session begins. Codes, counts, locks, events and notices are those of the challenge page.
 */
export interface ChallengesApi {
  /**
   * @example
   * const challenge = await mfa.challenges.begin({ userId: user.id });
   */
  begin(member: MemberId, options?: ChallengeOptions): Promise<ChallengeBegun>;
  /**
   * A right answer is accepted once.
   * @example
   * const { outcome } = await mfa.challenges.answer({ userId: user.id }, { challengeId, code, origin });
   */
  answer(member: MemberId, answer: ChallengeAnswer): Promise<ChallengeAnswered>;
}

/** The strongest factor that the person has, whatever the policy lets others do without. */
export const STRONGEST = { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS } as const;

/** The challenge page, for the host's own code. */
export function createChallengesApi(context: FlowContext): ChallengesApi {
  return {
    async begin(member, { challengeId, authenticatorId } = {}) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      if (challengeId === undefined) {
        const { subject, gathered } = await beginHostLogin(context, account);
        return ask(context, { subject, gathered, authenticatorId });
      }
      const subject = await findHostLogin(context, account, challengeId);
      if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
      const gathered = await gatherFacts(context, account, subject);
      return ask(context, { subject, gathered, authenticatorId });
    },
    async answer(member, { challengeId, code, origin }) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const subject = await findHostLogin(context, account, challengeId);
      if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
      const answer = await answerChallenge(context, {
        account,
        subject,
        purpose: 'login',
        requirement: STRONGEST,
        submitted: code,
        origin,
      });
      if (answer.outcome === 'rejected') return answer;
      const { asked, evidence } = answer;
      // What is set up next in this login rests on the proof.
      await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
      const { kind, authenticatorId } = asked;
      const level = deriveAssuranceLevel(evidence, FACTOR_TRAITS);
      return {
        outcome: 'verified',
        kind,
        authenticatorId,
        amr: deriveAmr(evidence, FACTOR_TRAITS),
        assuranceLevel: level,
      };
    },
  };
}

async function ask(
  context: FlowContext,
  asking: {
    readonly subject: HostSubject;
    readonly gathered: Gathered;
    readonly authenticatorId: string | undefined;
  },
): Promise<ChallengeBegun> {
  const { subject, gathered, authenticatorId } = asking;
  const decision = decide(gathered.facts, STRONGEST, gathered.now);
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') {
    await context.state.endPendingLogin(subject.userId, subject.ownerId);
    return { outcome: 'denied', because: decision.because };
  }
  if (decision.outcome !== 'challenge') {
    await context.state.endPendingLogin(subject.userId, subject.ownerId);
    return { outcome: 'no-factor' };
  }
  const option = choose(decision.anyOf, authenticatorId);
  if (option === undefined) return { outcome: 'rejected', because: 'no-authenticator' };
  const owner = challengeOwner(subject, 'login');
  const phase = await context.state.findChallenge(owner);
  const outcome = await issueChallengeFor(context, {
    owner,
    option,
    gathered,
    pendingUntil: subject.expiresAt,
    resend: phase?.authenticatorId === option.authenticatorId,
  });
  if (outcome.outcome === 'gone') return { outcome: 'rejected', because: 'challenge-expired' };
  const shown = {
    challengeId: subject.ownerId,
    expiresAt: subject.expiresAt,
    asked: option,
    anyOf: showOptions(gathered, decision.anyOf),
  };
  if (outcome.outcome === 'not-sent') {
    const { because, retryAfterSeconds } = outcome;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { outcome: 'not-sent', because, ...wait, ...shown };
  }
  const { sent } = outcome;
  return { outcome: 'challenge', ...shown, ...(sent === undefined ? {} : { sent }) };
}

/** A recovery code is asked first only where there is nothing else. */
function choose(anyOf: readonly Option[], authenticatorId: string | undefined): Option | undefined {
  if (authenticatorId !== undefined) return anyOf.find((one) => one.authenticatorId === authenticatorId);
  return anyOf.find(({ kind }) => kind !== BACKUP_KIND) ?? anyOf[0];
}
