import { provenBy, type Evidence } from '../../core/decision/assurance';
import type { Verified } from '../../factors/factor';
import type { Account } from '../../options/ports';
import type { ChallengePurpose } from '../../stores/state-store';
import type { ChallengeHint } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';

/** What a right answer proves: where a code for a phone went by email, the mailbox. */
export function toEvidence(asked: ChallengeHint, { sentBy }: Verified, now: number): Evidence {
  const { kind: method, authenticatorId } = asked;
  return { method, authenticatorId, at: now, ...(sentBy === undefined ? {} : { sentBy }) };
}

export function reportAccepted(
  context: FlowContext,
  accepted: {
    readonly account: Account;
    readonly proof: Evidence;
    readonly purpose: ChallengePurpose;
    readonly origin: Origin;
  },
): void {
  const { account, proof, purpose, origin } = accepted;
  const fallback = proof.sentBy === undefined ? {} : { fallbackFrom: proof.method };
  context.events.report({
    name: 'proof-accepted',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
    details: { kind: provenBy(proof), purpose, ...fallback },
  });
}
