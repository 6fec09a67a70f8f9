import { addEvidence, provenBy, type Evidence } from '../../core/decision/assurance';
import { decide, type Decision, type Requirement } from '../../core/decision/decide';
import { rankOfProof, strongestRank } from '../../core/decision/factor-strength';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import type { Verified as RightProof } from '../../factors/factor';
import { BACKUP_KIND, FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { ChallengePurpose } from '../../stores/state-store';
import { reportRecoveryCodeUse } from '../authenticators/recovery-codes';
import type { ChallengeHint } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { withoutLocks, type FoundUnlockLink } from './unlock-link';

/** A proof that was right and is used up. */
export interface Accepted {
  readonly account: Account;
  readonly gathered: Gathered;
  readonly asked: ChallengeHint;
  readonly shown: RightProof;
  readonly purpose: ChallengePurpose;
  readonly requirement: Requirement;
  readonly origin: Origin;
  /** By which a lock is ended. */
  readonly link: FoundUnlockLink | undefined;
}

/** What a right answer adds to the login or session, and where that leads. */
export interface Verified {
  readonly outcome: 'verified';
  readonly evidence: readonly Evidence[];
  readonly decision: Decision;
  readonly gathered: Gathered;
  readonly asked: ChallengeHint;
  readonly proof: Evidence;
}

/** Does what follows from a right answer, whatever it was given for: events, notices, the end of a lock. */
export async function concludeProof(context: FlowContext, accepted: Accepted): Promise<Verified> {
  const { asked, shown, origin, link } = accepted;
  const proof = toEvidence(asked, shown, accepted.gathered.now);
  reportAccepted(context, accepted, proof);
  noteLate(context, accepted);
  if (link !== undefined) await endLock(context, { ...accepted, link }, proof);
  const verified = toVerified(accepted, proof);
  if (asked.authenticatorId === RECOVERY_CODES_ID)
    await reportRecoveryCodeUse(context, { gathered: verified.gathered, origin });
  return verified;
}

/** What a right answer proves: the mailbox, if the code for a phone was sent by email. */
function toEvidence(asked: ChallengeHint, { sentBy }: RightProof, now: number): Evidence {
  const { kind: method, authenticatorId } = asked;
  return { method, authenticatorId, at: now, ...(sentBy === undefined ? {} : { sentBy }) };
}

function reportAccepted(context: FlowContext, { account, purpose, origin }: Accepted, proof: Evidence): void {
  const fallback = proof.sentBy === undefined ? {} : { fallbackFrom: proof.method };
  context.events.report({
    name: 'proof-accepted',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
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

function toVerified({ gathered: before, asked, requirement, link }: Accepted, proof: Evidence): Verified {
  const gathered = link === undefined ? before : withoutLocks(before);
  const evidence = addEvidence(gathered.facts.session?.evidence ?? [], proof);
  const facts = {
    ...gathered.facts,
    session: { phase: 'live', evidence, skipped: false } as const,
    recoveryCodesLeft: gathered.facts.recoveryCodesLeft - (asked.kind === BACKUP_KIND ? 1 : 0),
  };
  const decision = decide(facts, requirement, gathered.now);
  return { outcome: 'verified', evidence, decision, gathered: { ...gathered, facts }, asked, proof };
}
