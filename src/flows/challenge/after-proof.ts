import { addEvidence, provenBy, type Evidence } from '../../core/decision/assurance';
import { decide, type Decision, type Requirement } from '../../core/decision/decide';
import { sessionExpiresAt, type Epochs } from '../../core/decision/session-lifetime';
import { rankOfProof, strongestRank } from '../../core/decision/usable-factors';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import type { Verified as RightProof } from '../../factors/factor';
import { BACKUP_KIND, FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { ChallengePurpose } from '../../stores/state-store';
import { reportRecoveryCodeUse } from '../authenticators/recovery-codes';
import { rememberBrowser } from '../browsers/remembered-browsers';
import type { CookieChange } from '../browsers/use-browser';
import {
  continueGrant,
  loginOfSubject,
  type ChallengeHint,
  type FlowContext,
  type LoginField,
  type Origin,
  type SessionGrant,
} from '../context/context';
import type { Gathered } from '../context/gather-facts';
import type { Person } from '../context/judge-access';
import { noteSignIn } from '../notices/notify';
import { withoutLocks, type FoundUnlockLink } from './unlock-link';

interface Accepted {
  readonly account: Account;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
  readonly shown: RightProof;
  readonly purpose: ChallengePurpose;
  readonly requirement: Requirement;
  readonly origin: Origin;
  readonly link: FoundUnlockLink | undefined;
  readonly login: LoginField;
}

export interface Verified {
  readonly outcome: 'verified';
  readonly evidence: readonly Evidence[];
  readonly decision: Decision;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
  readonly proof: Evidence;
}

/** Processes a right answer, for any purpose: reports events, sends notices, and ends a lock. */
export async function concludeProof(context: FlowContext, accepted: Accepted): Promise<Verified> {
  const { challengeHint, shown, origin, link, login } = accepted;
  const proof = toEvidence(challengeHint, shown, accepted.gathered.now);
  reportAccepted(context, accepted, proof);
  noteEnrolled(context, accepted);
  if (link !== undefined) await endLock(context, { ...accepted, link }, proof);
  const verified = toVerified(accepted, proof);
  if (challengeHint.authenticatorId === RECOVERY_CODES_ID)
    await reportRecoveryCodeUse(context, { gathered: verified.gathered, origin, login });
  return verified;
}

/** The evidence of a right answer. If the code for a phone was sent by email, it proves the mailbox. */
function toEvidence(challengeHint: ChallengeHint, shown: RightProof, now: number): Evidence {
  const { sentBy, amr, authenticatorId = challengeHint.authenticatorId } = shown;
  return {
    method: challengeHint.kind,
    authenticatorId,
    at: now,
    ...(sentBy === undefined ? {} : { sentBy }),
    ...(amr === undefined ? {} : { amr }),
  };
}

function reportAccepted(
  context: FlowContext,
  { account, purpose, origin, login }: Accepted,
  proof: Evidence,
): void {
  const fallback = proof.sentBy === undefined ? {} : { fallbackFrom: proof.method };
  context.events.report({
    name: 'proof-accepted',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
    ...login,
    details: { kind: provenBy(proof), purpose, ...fallback },
  });
}

/** Tells the host again that the person has a factor, in case a process ended before that succeeded. */
function noteEnrolled({ background, enrollmentNotes }: FlowContext, { account, gathered }: Accepted): void {
  const { id, mfaEnrolled } = account;
  if (mfaEnrolled || gathered.member.authenticators.length === 0) return;
  background.run(`note-enrolled:${id}`, () => enrollmentNotes.note(id, true));
}

/** Accepting the proof already cleared the counts that are at most as strong; the strongest proof clears all of them. */
async function endLock(
  context: FlowContext,
  { account, gathered, origin, link }: Accepted & { readonly link: FoundUnlockLink },
  proof: Evidence,
): Promise<void> {
  const isStrongest = rankOfProof(FACTOR_TRAITS, proof) >= strongestRank(gathered.facts);
  await Promise.all([
    context.state.endUnlockLink(link.tokenHash),
    isStrongest ? context.records.clearGuesses(account.id) : undefined,
  ]);
  context.events.report({
    name: 'proofs-unlocked',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
  });
}

function toVerified(
  { gathered: before, challengeHint, requirement, link }: Accepted,
  proof: Evidence,
): Verified {
  const gathered = link === undefined ? before : withoutLocks(before);
  const evidence = addEvidence(gathered.facts.session.evidence, proof);
  const facts = {
    ...gathered.facts,
    session: { phase: 'live', evidence, skipped: false } as const,
    recoveryCodesLeft: gathered.facts.recoveryCodesLeft - (challengeHint.kind === BACKUP_KIND ? 1 : 0),
  };
  const decision = decide(facts, requirement, gathered.now);
  return { outcome: 'verified', evidence, decision, gathered: { ...gathered, facts }, challengeHint, proof };
}

export interface Proving extends Person {
  readonly origin: Origin;
  /** The host's own sign-in completes the login, so our pages do not grant a session. */
  readonly endsAtHost: boolean;
}

export type Completion =
  /** The pending login becomes a session. */
  | { readonly outcome: 'signed-in'; readonly grant: SessionGrant }
  /** The session continues under a new id. */
  | { readonly outcome: 'raised'; readonly grant: SessionGrant }
  /** The pending login keeps the proof for the host's own sign-in. `stored` resolves when it is saved. */
  | { readonly outcome: 'kept'; readonly epochs: Epochs; readonly stored: Promise<unknown> };

/** Completes a proof that the decision allows: the login or session continues with more evidence. */
export function completeProof(
  context: FlowContext,
  proven: Proving & {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** The new epochs, if the user's older sessions were ended. */
    readonly epochs?: Epochs | undefined;
  },
): Completion {
  const { account, subject, origin, evidence, gathered, endsAtHost } = proven;
  const { userId, organizationId, ownerId } = subject;
  const { epochs = subject.epochs } = proven;
  // The absolute end of a session counts from authentication. For a login, that is now.
  const startedAt = subject.phase === 'pending' ? gathered.now : subject.startedAt;
  const expiresAt = sessionExpiresAt({ startedAt }, gathered.policy.policy);
  const grant = { ...continueGrant(subject, { evidence, expiresAt }), startedAt, epochs };
  if (subject.phase === 'session') return { outcome: 'raised', grant };
  if (endsAtHost) {
    const stored = markHandled(context.state.savePendingEvidence(userId, ownerId, evidence));
    return { outcome: 'kept', epochs, stored };
  }
  context.events.report({
    name: 'signed-in',
    userId: account.id,
    organizationId,
    address: origin.address,
    ...loginOfSubject(subject),
    details: { because: 'satisfied' },
  });
  noteSignIn(context, { gathered, origin });
  return { outcome: 'signed-in', grant };
}

export function completeStepUp(
  context: FlowContext,
  proven: Proving & { readonly evidence: readonly Evidence[]; readonly gathered: Gathered },
): Completion {
  const { account, origin } = proven;
  context.events.report({
    name: 'step-up-completed',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
  });
  return completeProof(context, proven);
}

export type Progress =
  /** `cookie` is stored in parallel with the session. */
  | {
      readonly outcome: 'finished';
      readonly completion: Completion;
      readonly cookie: Promise<CookieChange>;
      readonly decision: Decision;
    }
  /** The pending login keeps the proof, and something else is required. */
  | { readonly outcome: 'goes-on'; readonly decision: Decision }
  | { readonly outcome: 'refused'; readonly decision: Decision };

export async function proceed(
  context: FlowContext,
  proven: Proving & {
    readonly answer: Verified;
    /** Set if the person wants to remember this browser. `name` is the `usernameKey` of the name that was entered. */
    readonly remember: { readonly name: string } | null;
  },
): Promise<Progress> {
  const { account, subject, origin, answer, remember } = proven;
  const { decision, evidence, gathered, proof } = answer;
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };
  // Optional enrollment is offered later, in the session, which requires the strongest factor before it adds another.
  if (decision.outcome === 'enroll' && subject.phase === 'pending' && !decision.skippable) {
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
    return { outcome: 'goes-on', decision };
  }
  // The host's own sign-in created this session, and its second step was asked for here.
  if (subject.phase === 'session') noteSignIn(context, { gathered, origin });
  const cookie =
    remember === null
      ? Promise.resolve(null)
      : rememberBrowser(context, { account, subject, gathered, proof, origin, name: remember.name });
  return {
    outcome: 'finished',
    completion: completeProof(context, { ...proven, evidence, gathered }),
    cookie: markHandled(cookie),
    decision,
  };
}

/** The caller that awaits it handles the failure; an unhandled rejection would end the process. */
function markHandled<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}
