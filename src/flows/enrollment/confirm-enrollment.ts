import { addEvidence, type Evidence } from '../../core/decision/assurance';
import { decide, type Decision } from '../../core/decision/decide';
import type { Epochs } from '../../core/decision/session-lifetime';
import { MOST_AUTHENTICATORS, type Authenticator } from '../../core/member/authenticator';
import { freeLabel } from '../../core/member/authenticator-rules';
import type { FactorKind } from '../../core/member/factor-kind';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { ENGLISH, wordsOf } from '../../factors/factor-words';
import { BACKUP_PHONE_KIND, channelOfKind } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { Challenge } from '../../stores/state-store';
import { afterFactorChange, type Change, type FactorChanged } from '../authenticators/after-factor-change';
import { makeRecoveryCodeSet, reportCodesIssued } from '../authenticators/recovery-codes';
import type { Rejected } from '../challenge/answer-challenge';
import {
  challengeOwner,
  loginOfSubject,
  type AuthSubject,
  type FlowContext,
  type Origin,
} from '../context/context';
import { gatherFacts, type Gathered } from '../context/gather-facts';
import { gatherSetupFacts, type FindAdministered } from '../context/judge-access';
import { authorizeEnrollment } from './authorize-enrollment';
import { spendChange, toAuthenticator } from './enroll';

export type Confirmation =
  | Rejected
  | {
      readonly outcome: 'enrolled';
      readonly kind: FactorKind;
      readonly maskedDestination: string | null;
      readonly evidence: readonly Evidence[];
      /** Read again after the authenticator was stored. */
      readonly gathered: Gathered;
      readonly decision: Decision;
      /** A first set, shown once; null if the person already has codes. */
      readonly recoveryCodes: readonly string[] | null;
      readonly notified: readonly string[];
      /** The epochs with which the login or session continues. */
      readonly epochs: Epochs;
    };

export interface ConfirmationRequest {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly kind: FactorKind;
  readonly submitted: unknown;
  /** Null for the label that the authenticator suggests, or the name of its kind. */
  readonly label: string | null;
  readonly wizardUnderWay: boolean;
  /** The authenticator that the new one replaces, and the enrollment that was started for it. */
  readonly replaces?: { readonly authenticatorId: string; readonly enrollmentId: string };
  /** Whether other sessions, pending logins and remembered browsers end. */
  readonly endOthers: boolean;
  readonly origin: Origin;
  readonly findAdministered?: FindAdministered;
}

/** Adds the authenticator after its first right code. That code is used up too (RFC 6238, section 5.2). */
export async function confirmEnrollment(
  context: FlowContext,
  request: ConfirmationRequest,
): Promise<Confirmation> {
  const { subject, account, kind } = request;
  const factor = context.factors.get(kind);
  const submitted = factor?.parse(request.submitted) ?? null;
  if (factor === undefined || submitted === null) return { outcome: 'rejected', because: 'malformed-code' };
  const [attempt, gathered] = await Promise.all([
    spendTry(context, subject, kind),
    gatherSetupFacts(context, request),
  ]);
  const permission = authorizeEnrollment(subject, gathered, request.wizardUnderWay);
  // The wizard for an app also offers a backup phone, whatever kind was assigned.
  const isBackup = kind === BACKUP_PHONE_KIND && request.wizardUnderWay;
  if (permission.outcome !== 'may-enroll' || !(permission.kinds.includes(kind) || isBackup)) {
    return { outcome: 'rejected', because: 'session-ended' };
  }
  if (attempt.outcome === 'exhausted') return { outcome: 'rejected', because: 'attempts-exhausted' };
  if (attempt.outcome === 'missing' || attempt.challenge.kind !== kind) {
    return { outcome: 'rejected', because: 'challenge-expired' };
  }
  const { challenge, attemptsLeft } = attempt;
  const left = attemptsLeft === undefined ? {} : { attemptsLeft };
  const { member, now } = gathered;
  const replaced = findReplaced(request, gathered, challenge);
  if (replaced === undefined && member.authenticators.length >= MOST_AUTHENTICATORS)
    return { outcome: 'rejected', because: 'too-many-authenticators', ...left };
  const input = { userId: subject.userId, challenge, member, onFile: gathered.account, submitted, now };
  const verification = await factor.verify(input);
  if (verification.outcome === 'rejected') {
    const { check, ...rejection } = verification;
    await report(context, request, 'proof-rejected', {
      because: check ?? rejection.because,
      purpose: 'enroll',
      kind,
    });
    return { ...rejection, ...left };
  }
  const spent = await spendChange(context, account.id, 'factor-changes');
  if (spent.outcome === 'rejected') return spent;
  if (!(await factor.accept(input, verification)))
    return { outcome: 'rejected', because: 'code-used', ...left };
  if (!(await factor.claim(account.id, verification)))
    return { outcome: 'rejected', because: 'wrong-code', ...left };

  const state = factor.confirm(verification);
  const suggested = factor.suggestLabel(state);
  const label =
    suggested === null ? wordsOf(ENGLISH, kind).label : freeLabel(suggested, member.authenticators);
  const authenticator = toAuthenticator(challenge, {
    label: request.label ?? label,
    now,
    state,
    kind,
    organizationId: subject.organizationId,
  });
  const first = member.authenticators.length === 0;
  const made =
    first || member.recoveryCodesLeft === 0 ? await makeRecoveryCodeSet(context, subject, member) : null;
  if (made?.outcome === 'rejected') return made;
  // If two enrollments run at once, perhaps one by an attacker with the same password, only one succeeds. None does if the
  // sessions were ended in between.
  const bound = await context.records.bindAuthenticator(account.id, authenticator, {
    ...(replaced === undefined ? {} : { replaces: replaced.id }),
    expected: { epoch: subject.epochs.user, authenticators: member.authenticators.length },
    ...(made === null ? {} : { recoveryCodes: made.set }),
  });
  if (!bound) return { outcome: 'rejected', because: 'challenge-expired' };
  if (made !== null) await reportCodesIssued(context, subject, made.set);
  if (first) await context.enrollmentNotes.note(account.id, true);
  await report(context, request, 'authenticator-added', {
    kind,
    authenticatorId: authenticator.id,
    ...(replaced === undefined ? {} : { replaces: replaced.id }),
  });
  const proof: Evidence = { method: kind, authenticatorId: authenticator.id, at: now };
  const evidence = addEvidence(gathered.facts.session.evidence, proof);
  const changed = await afterFactorChange(context, {
    ...request,
    member,
    change: changeBy(authenticator, replaced),
  });
  const after = await regather(context, request, { evidence, changed });
  const decision = decide(after.facts, { kind: 'policy' }, after.now);
  // The login continues with one more proof.
  if (subject.phase === 'pending' && (isBackup || decision.outcome === 'enroll'))
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
  return {
    outcome: 'enrolled',
    kind,
    maskedDestination: authenticator.maskedDestination,
    evidence,
    gathered: after,
    decision,
    recoveryCodes: made?.shown ?? null,
    ...changed,
  };
}

/** A sent code proves an address: five guesses. The secret of other kinds is on the person's own screen: nothing to guess. */
async function spendTry(
  context: FlowContext,
  subject: AuthSubject,
  kind: FactorKind,
): Promise<EnrollmentTry> {
  const owner = challengeOwner(subject, 'enroll');
  if (channelOfKind(kind) !== null)
    return context.state.spendAttempt(owner, context.options.limits.perChallenge);
  const challenge = await context.state.findChallenge(owner);
  if (challenge === undefined || isChallengeOver(challenge, context.clock.now()))
    return { outcome: 'missing' };
  return { outcome: 'spent', challenge, attemptsLeft: undefined };
}

type EnrollmentTry =
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'exhausted' }
  | { readonly outcome: 'spent'; readonly challenge: Challenge; readonly attemptsLeft: number | undefined };

function findReplaced(
  { replaces, kind }: ConfirmationRequest,
  { member }: Gathered,
  { authenticatorId }: Challenge,
): Authenticator | undefined {
  if (replaces === undefined || replaces.enrollmentId !== authenticatorId) return undefined;
  return member.authenticators.find((old) => old.id === replaces.authenticatorId && old.kind === kind);
}

function changeBy({ kind, label }: Authenticator, replaced: Authenticator | undefined): Change {
  if (replaced === undefined) return { kind: 'authenticator-added', factor: kind, label };
  return { kind: 'authenticator-replaced', factor: kind, label: replaced.label, goneId: replaced.id };
}

async function regather(
  context: FlowContext,
  { subject, account }: ConfirmationRequest,
  { evidence, changed }: { readonly evidence: readonly Evidence[]; readonly changed: FactorChanged },
): Promise<Gathered> {
  const { epochs } = changed;
  const proven: AuthSubject =
    subject.phase === 'session' ? { ...subject, epochs, evidence } : { ...subject, epochs };
  const gathered = await gatherFacts(context, account, proven);
  const { session } = gathered.facts;
  // This step started in time. If the login expires while the factor is stored, let it continue, so that the person sees the new
  // codes.
  const timedOut =
    subject.phase === 'pending' && session.phase === 'expired' && gathered.now >= subject.expiresAt;
  const phase = timedOut ? 'live' : session.phase;
  return { ...gathered, facts: { ...gathered.facts, session: { ...session, phase, evidence } } };
}

function report(
  context: FlowContext,
  { subject, origin }: ConfirmationRequest,
  name: 'authenticator-added' | 'proof-rejected',
  details: Readonly<Record<string, string>>,
): Promise<void> {
  const { userId, organizationId } = subject;
  const { address } = origin;
  const login = loginOfSubject(subject);
  return context.events.reportQueued({ name, userId, organizationId, address, ...login, details });
}
