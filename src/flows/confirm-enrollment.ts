import { addEvidence } from '../core/assurance';
import type { Evidence } from '../core/assurance';
import { isEnrollableKind } from '../core/factor-kind';
import type { EnrollableKind } from '../core/factor-kind';
import { issueRecoveryCodeSet } from './recovery-codes';
import type { Account } from '../ports';
import type { Rejected } from './answer-challenge';
import { challengeOwner } from './bearer';
import type { Bearer } from './bearer';
import type { FlowContext, Origin } from './context';
import { toAuthenticator } from './enroll';
import { gatherFacts } from './gather-facts';
import type { Gathered } from './gather-facts';
import { mayEnroll } from './may-enroll';
import { notifyAddressesOnFile } from './notify';

export type Confirmation =
  | Rejected
  | {
      readonly outcome: 'enrolled';
      readonly kind: EnrollableKind;
      readonly maskedDestination: string | null;
      readonly evidence: readonly Evidence[];
      /** Read again after the authenticator was stored. */
      readonly gathered: Gathered;
      /** A first set, shown once; null where the person has codes already. */
      readonly recoveryCodes: readonly string[] | null;
      readonly notified: readonly string[];
    };

export interface ConfirmationRequest {
  readonly account: Account;
  readonly bearer: Bearer;
  readonly kind: EnrollableKind;
  readonly submitted: unknown;
  readonly label: string;
  readonly wizardUnderWay: boolean;
  /** The authenticator that the new one takes the place of. */
  readonly replaces?: string;
  readonly origin: Origin;
}

/** Binds the authenticator with its first right code. That code is used up too (RFC 6238, section 5.2). */
export async function confirmEnrollment(
  context: FlowContext,
  request: ConfirmationRequest,
): Promise<Confirmation> {
  const { bearer, account, kind } = request;
  const factor = context.factors.get(kind);
  const submitted = factor?.parse(request.submitted) ?? null;
  if (factor === undefined || submitted === null) return { outcome: 'rejected', because: 'malformed-code' };
  const [attempt, gathered] = await Promise.all([
    context.state.spendAttempt(challengeOwner(bearer, 'enroll'), context.options.limits.perChallenge),
    gatherFacts(context, account, bearer),
  ]);
  const leave = mayEnroll(bearer, gathered, request.wizardUnderWay);
  if (leave.outcome !== 'may-enroll' || !leave.kinds.includes(kind)) {
    return { outcome: 'rejected', because: 'session-ended' };
  }
  if (attempt.outcome === 'exhausted') return { outcome: 'rejected', because: 'attempts-exhausted' };
  if (attempt.outcome === 'missing' || attempt.challenge.kind !== kind) {
    return { outcome: 'rejected', because: 'challenge-expired' };
  }
  const { challenge, attemptsLeft } = attempt;
  const { member, now } = gathered;
  const trial = { userId: bearer.userId, challenge, member, submitted, now };
  const verification = await factor.verify(trial);
  if (verification.outcome === 'rejected') {
    report(context, request, 'proof-rejected', { because: verification.because, purpose: 'enroll', kind });
    return { ...verification, attemptsLeft };
  }
  if (!(await factor.accept(trial, verification.proof)))
    return { outcome: 'rejected', because: 'code-used', attemptsLeft };

  const { proof: shown } = verification;
  const timeStep = shown.kind === 'totp' ? shown.timeStep : null;
  const authenticator = toAuthenticator(challenge, { label: request.label, now, timeStep, kind });
  await context.records.addAuthenticator(account.id, authenticator, request.replaces);
  const first = member.authenticators.length === 0;
  if (first) await context.directory.noteEnrolled(account.id, true);
  report(context, request, 'authenticator-added', { kind, authenticatorId: authenticator.id });
  const recoveryCodes =
    member.recoveryCodesLeft === 0 ? await issueRecoveryCodeSet(context, account, bearer) : null;
  const proof: Evidence = { method: kind, authenticatorId: authenticator.id, at: now };
  const evidence = addEvidence(gathered.facts.session?.evidence ?? [], proof);
  const notified = await notifyAddressesOnFile(context, {
    account,
    member,
    notice: { kind: 'authenticator-added', factor: kind, origin: request.origin, at: now },
  });
  return {
    outcome: 'enrolled',
    kind,
    maskedDestination: authenticator.maskedDestination,
    evidence,
    gathered: await regather(context, request, evidence),
    recoveryCodes,
    notified,
  };
}

/** The facts as they are now, with the proof just given. */
async function regather(
  context: FlowContext,
  request: ConfirmationRequest,
  evidence: readonly Evidence[],
): Promise<Gathered> {
  const { bearer, account } = request;
  const proven: Bearer = bearer.standing === 'session' ? { ...bearer, evidence } : bearer;
  const gathered = await gatherFacts(context, account, proven);
  if (gathered.facts.session === null) return gathered;
  return { ...gathered, facts: { ...gathered.facts, session: { ...gathered.facts.session, evidence } } };
}

function report(
  context: FlowContext,
  { bearer, origin }: ConfirmationRequest,
  name: 'authenticator-added' | 'proof-rejected',
  details: Readonly<Record<string, string>>,
): void {
  const { userId, organizationId } = bearer;
  context.events.report({ name, userId, organizationId, address: origin.address, details });
}

export function parseEnrollableKind(value: unknown): EnrollableKind | null {
  return isEnrollableKind(value) ? value : null;
}
