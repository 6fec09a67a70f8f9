import { decide, type Option, type Requirement } from '../../core/decision/decide';
import type { Shown } from '../../factors/factor';
import type { Account } from '../../options/ports';
import { challengeOwner, type FlowContext, type Origin } from '../context/context';
import { gatherFacts, type Gathered } from '../context/gather-facts';
import { REPROOF_SECONDS } from '../enrollment/authorize-enrollment';
import { endPendingLogin } from '../sessions/end-sessions';
import { beginHostLogin, findHostLogin, type HostSubject } from '../sign-in/host-login';
import type { ChallengeOutcome } from './active-challenge';
import type { Verified } from './after-proof';
import { answerChallenge, type Rejected } from './answer-challenge';
import { issueChallengeFor } from './issue-challenge';
import { showChallenge } from './read-prompt';

/** Requires the person's strongest factor, even if the policy does not require one. */
export const STRONGEST: Requirement = { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS };

export type HostChallenge =
  | {
      readonly outcome: 'challenge';
      readonly subject: HostSubject;
      readonly gathered: Gathered;
      readonly option: Option;
      readonly anyOf: readonly Option[];
      readonly issued: Exclude<ChallengeOutcome, { readonly outcome: 'gone' }>;
      /** What the proof must answer; null for kinds that show nothing. */
      readonly shown: Shown | null;
    }
  | { readonly outcome: 'no-factor' }
  /** Locked, or not active. */
  | { readonly outcome: 'denied'; readonly because: string }
  | { readonly outcome: 'rejected'; readonly because: 'challenge-expired' | 'no-authenticator' };

/** Asks a person for a factor in the host's own code. With `challengeId`, continues the login that was started with it. */
export async function askHostChallenge(
  context: FlowContext,
  account: Account,
  { challengeId, authenticatorId }: { readonly challengeId?: string; readonly authenticatorId?: string },
): Promise<HostChallenge> {
  if (challengeId === undefined)
    return ask(context, { ...(await beginHostLogin(context, account)), authenticatorId });
  const subject = await findHostLogin(context, account, challengeId);
  if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
  const gathered = await gatherFacts(context, account, subject);
  return ask(context, { subject, gathered, authenticatorId });
}

async function ask(
  context: FlowContext,
  asking: {
    readonly subject: HostSubject;
    readonly gathered: Gathered;
    readonly authenticatorId: string | undefined;
  },
): Promise<HostChallenge> {
  const { subject, gathered, authenticatorId } = asking;
  const decision = decide(gathered.facts, STRONGEST, gathered.now);
  // A person without a factor is asked for the password, which the host has already checked.
  const anyOf = decision.outcome === 'challenge' ? decision.anyOf : [];
  if (anyOf.length === 0) {
    await endPendingLogin(context, subject);
    const isDenied = decision.outcome === 'deny' || decision.outcome === 'sign-in';
    return isDenied ? { outcome: 'denied', because: decision.because } : { outcome: 'no-factor' };
  }
  const option = choose(anyOf, authenticatorId);
  if (option === undefined) return { outcome: 'rejected', because: 'no-authenticator' };
  const owner = challengeOwner(subject, 'login');
  const current = await context.state.findChallenge(owner);
  const issued = await issueChallengeFor(context, {
    owner,
    option,
    gathered,
    pendingUntil: subject.expiresAt,
    origin: null,
    resend: current?.authenticatorId === option.authenticatorId,
  });
  if (issued.outcome === 'gone') return { outcome: 'rejected', because: 'challenge-expired' };
  const shown = issued.outcome === 'issued' ? await showChallenge(context, gathered, issued.challenge) : null;
  return { outcome: 'challenge', subject, gathered, option, anyOf, issued, shown };
}

/** Defaults to the first option. Recovery codes come last. */
function choose(anyOf: readonly Option[], authenticatorId: string | undefined): Option | undefined {
  if (authenticatorId === undefined) return anyOf[0];
  return anyOf.find((one) => one.authenticatorId === authenticatorId);
}

/** Verifies the answer to such a challenge. An enrollment in the same login can rely on the proof. */
export async function answerHostChallenge(
  context: FlowContext,
  account: Account,
  answer: { readonly challengeId: string; readonly submitted: unknown; readonly origin: Origin },
): Promise<Rejected | Verified> {
  const { challengeId, submitted, origin } = answer;
  const subject = await findHostLogin(context, account, challengeId);
  if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
  const judged = await answerChallenge(context, {
    account,
    subject,
    purpose: 'login',
    requirement: STRONGEST,
    submitted,
    origin,
  });
  if (judged.outcome === 'verified')
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, judged.evidence);
  return judged;
}
