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

/** A proof that was right and is used up. */
interface Accepted {
  readonly account: Account;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
  readonly shown: RightProof;
  readonly purpose: ChallengePurpose;
  readonly requirement: Requirement;
  readonly origin: Origin;
  /** By which a lock is ended. */
  readonly link: FoundUnlockLink | undefined;
  readonly login: LoginField;
}

/** What a right answer adds to the login or session, and where that leads. */
export interface Verified {
  readonly outcome: 'verified';
  readonly evidence: readonly Evidence[];
  readonly decision: Decision;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
  readonly proof: Evidence;
}

/** Does what follows from a right answer, whatever it was given for: events, notices, the end of a lock. */
export async function concludeProof(context: FlowContext, accepted: Accepted): Promise<Verified> {
  const { challengeHint, shown, origin, link, login } = accepted;
  const proof = toEvidence(challengeHint, shown, accepted.gathered.now);
  reportAccepted(context, accepted, proof);
  noteLate(context, accepted);
  if (link !== undefined) await endLock(context, { ...accepted, link }, proof);
  const verified = toVerified(accepted, proof);
  if (challengeHint.authenticatorId === RECOVERY_CODES_ID)
    await reportRecoveryCodeUse(context, { gathered: verified.gathered, origin, login });
  return verified;
}

/** What a right answer proves: the mailbox, if the code for a phone was sent by email. */
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

/** Tells the host again that the person has a factor, if that failed in a process that has ended since. */
function noteLate({ background, enrollmentNotes }: FlowContext, { account, gathered }: Accepted): void {
  const { id, mfaEnrolled } = account;
  if (mfaEnrolled || gathered.member.authenticators.length === 0) return;
  background.run(`note-enrolled:${id}`, () => enrollmentNotes.note(id, true));
}

/** Uses the link up. Accepting the proof has ended the counts that are no stronger; the strongest proof ends all of them. */
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
  const evidence = addEvidence(gathered.facts.session?.evidence ?? [], proof);
  const facts = {
    ...gathered.facts,
    session: { phase: 'live', evidence, skipped: false } as const,
    recoveryCodesLeft: gathered.facts.recoveryCodesLeft - (challengeHint.kind === BACKUP_KIND ? 1 : 0),
  };
  const decision = decide(facts, requirement, gathered.now);
  return { outcome: 'verified', evidence, decision, gathered: { ...gathered, facts }, challengeHint, proof };
}

/** Whose login or session goes on, and who ends it. */
export interface Proving extends Person {
  readonly origin: Origin;
  /** The host's own sign-in ends the login, so our pages grant no session. */
  readonly endsAtHost: boolean;
}

/** What the web layer grants once the decision allows it. */
export type Completion =
  /** The pending login becomes a session. */
  | { readonly outcome: 'signed-in'; readonly grant: SessionGrant }
  /** The session goes on under a new id. */
  | { readonly outcome: 'raised'; readonly grant: SessionGrant }
  /** The pending login keeps the proof for the host's own sign-in. `stored` resolves when it is in the state. */
  | { readonly outcome: 'kept'; readonly epochs: Epochs; readonly stored: Promise<unknown> };

/** The decision allows: the login or session goes on with more evidence. */
export function completeProof(
  context: FlowContext,
  proven: Proving & {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** New ones, where the user's older sessions were ended. */
    readonly epochs?: Epochs | undefined;
  },
): Completion {
  const { account, subject, origin, evidence, gathered, endsAtHost } = proven;
  const { userId, organizationId, ownerId } = subject;
  const { epochs = subject.epochs } = proven;
  // The absolute end of a session counts from authentication: of a login, that is now.
  const startedAt = subject.phase === 'pending' ? gathered.now : subject.startedAt;
  const expiresAt = sessionExpiresAt({ startedAt }, gathered.policy.policy);
  const grant = { ...continueGrant(subject, { evidence, expiresAt }), startedAt, epochs };
  if (subject.phase === 'session') return { outcome: 'raised', grant };
  if (endsAtHost) {
    const stored = awaitedLater(context.state.savePendingEvidence(userId, ownerId, evidence));
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

/** A step-up is done: the session goes on with the proof. */
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
  /** `cookie` is being stored while the session is. */
  | {
      readonly outcome: 'finished';
      readonly completion: Completion;
      readonly cookie: Promise<CookieChange>;
      readonly decision: Decision;
    }
  /** The pending login keeps the proof, and something else is asked. */
  | { readonly outcome: 'goes-on'; readonly decision: Decision }
  | { readonly outcome: 'refused'; readonly decision: Decision };

/** A factor was proven: the login or session goes on to where the decision leads. */
export async function proceed(
  context: FlowContext,
  proven: Proving & {
    readonly answer: Verified;
    /** Whether the person wants this browser remembered, and the `usernameKey` of the name that was typed. */
    readonly remember: { readonly name: string } | null;
  },
): Promise<Progress> {
  const { account, subject, origin, answer, remember } = proven;
  const { decision, evidence, gathered, proof } = answer;
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };
  // An optional enrollment is offered in the session, which asks for the strongest factor before it binds another.
  if (decision.outcome === 'enroll' && subject.phase === 'pending' && !decision.skippable) {
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
    return { outcome: 'goes-on', decision };
  }
  // A session of the host's own sign-in, which was asked for the second step in place.
  if (subject.phase === 'session') noteSignIn(context, { gathered, origin });
  const cookie =
    remember === null
      ? Promise.resolve(null)
      : rememberBrowser(context, { account, subject, gathered, proof, origin, name: remember.name });
  return {
    outcome: 'finished',
    completion: completeProof(context, { ...proven, evidence, gathered }),
    cookie: awaitedLater(cookie),
    decision,
  };
}

/** The caller that waits for it gets the failure; an unhandled rejection would end the process. */
function awaitedLater<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}
