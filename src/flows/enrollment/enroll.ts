import type { Authenticator } from '../../core/member/authenticator';
import type { FactorKind, FactorState } from '../../core/member/factor-kind';
import { digestUserId } from '../../core/proof/key-ring';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { openSecret, sealSecret, type PlainSecret } from '../../core/proof/secrets';
import type { PendingEnrollment, Enrollee, Shown } from '../../factors/factor';
import { channelOfKind } from '../../factors/find-factor';
import type { Challenge } from '../../stores/state-store';
import {
  challengeOwner,
  loginOfSubject,
  newHandle,
  newId,
  type AuthSubject,
  type FlowContext,
} from '../context/context';
import type { Gathered } from '../context/gather-facts';

export interface EnrollmentRequest {
  readonly subject: AuthSubject;
  readonly gathered: Gathered;
  readonly pendingUntil: number | null;
}

export interface EnrollmentGone {
  readonly outcome: 'gone';
}

export type EnrollmentStart = (FoundEnrollment & { readonly outcome: 'started' }) | EnrollmentGone;

/** An enrollment becomes an authenticator with its first right proof; until then, the existing ones stay in use. */
export async function startEnrollment(
  context: FlowContext,
  request: EnrollmentRequest & { readonly kind: FactorKind; readonly variant?: string },
): Promise<EnrollmentStart> {
  const { kind, gathered, variant = '' } = request;
  const enrollment = context.factors.get(kind)?.enrollment ?? null;
  if (enrollment === null) throw new TypeError(`${kind} has no enrollment without a sent code.`);
  const begun = enrollment.begin(await enrolleeOf(context, gathered), variant);
  const challenge = newEnrollment(context, request, kind, begun);
  const life = { now: context.clock.now(), underPendingLogin: request.subject.phase === 'pending' };
  if (!(await context.state.issueChallenge(challenge, life))) return { outcome: 'gone' };
  reportEnrollment(context, request, 'enrollment-started', challenge.kind);
  return { outcome: 'started', challenge, secret: begun.secret };
}

/** An enrollment before its first code. For a kind with a channel, {@link startDeliveredEnrollment} adds the code. */
export function newEnrollment(
  context: FlowContext,
  { subject, pendingUntil }: EnrollmentRequest,
  kind: FactorKind,
  { secret, state, until = Infinity }: PendingEnrollment,
): Challenge {
  const authenticatorId = newId();
  const binding = { userId: subject.userId, authenticatorId, kind };
  return {
    ...challengeOwner(subject, 'enroll'),
    id: newId(),
    version: newHandle(),
    kind,
    authenticatorId,
    codes: [],
    notSent: null,
    sealedSecret: secret === null ? null : sealSecret(context.keyRing, secret, binding),
    state,
    expiresAt: Math.min(
      until,
      pendingUntil ?? context.clock.now() + context.options.pendingLoginSeconds * 1000,
    ),
  };
}

/** An enrollment that waits for its first proof, with its secret in plain text for display. */
export interface FoundEnrollment {
  readonly challenge: Challenge;
  readonly secret: PlainSecret | null;
}

export async function findEnrollment(
  context: FlowContext,
  subject: AuthSubject,
  kind: FactorKind,
): Promise<FoundEnrollment | undefined> {
  const challenge = await context.state.findChallenge(challengeOwner(subject, 'enroll'));
  if (challenge === undefined || challenge.kind !== kind) return undefined;
  const isSent = channelOfKind(kind) !== null;
  if (!isSent && isChallengeOver(challenge, context.clock.now())) return undefined;
  // If no code was sent, there is nothing to wait for.
  if (isSent && challenge.codes.length === 0) return undefined;
  if (challenge.sealedSecret === null) return { challenge, secret: null };
  const binding = { userId: subject.userId, authenticatorId: challenge.authenticatorId, kind };
  const opened = openSecret(context.keyRing, challenge.sealedSecret, binding);
  return opened.outcome === 'opened' ? { challenge, secret: opened.secret } : undefined;
}

export async function showEnrollment(
  context: FlowContext,
  gathered: Pick<Gathered, 'account' | 'member'>,
  { challenge, secret }: FoundEnrollment,
): Promise<Shown> {
  const { id, state, kind } = challenge;
  const begun = { id, secret, state };
  const shown = await context.factors.get(kind)?.enrollment?.show(begun, await enrolleeOf(context, gathered));
  return shown ?? { json: {}, view: {} };
}

async function enrolleeOf(
  { options, clock }: FlowContext,
  { account, member }: Pick<Gathered, 'account' | 'member'>,
): Promise<Enrollee> {
  const { email, username, name, organizationId } = account;
  const { name: issuer } = await options.brandOf(organizationId);
  const { authenticators } = member;
  return { issuer, account: email ?? username, name, authenticators, now: clock.now() };
}

export function toAuthenticator(
  challenge: Challenge,
  confirmed: {
    readonly label: string;
    readonly now: number;
    readonly state: FactorState;
    readonly kind: FactorKind;
    readonly organizationId: string;
  },
): Authenticator {
  const { label, now, state, kind, organizationId } = confirmed;
  return {
    id: challenge.authenticatorId,
    kind,
    label,
    createdAt: now,
    lastUsedAt: now,
    failures: 0,
    disabledAt: null,
    state,
    sealedSecret: challenge.sealedSecret,
    maskedDestination: challenge.codes[0]?.maskedDestination ?? null,
    organizationId,
  };
}

export function reportEnrollment(
  context: FlowContext,
  { subject }: EnrollmentRequest,
  name: 'code-sent' | 'delivery-failed' | 'enrollment-started',
  kind: string,
): void {
  const { userId, organizationId } = subject;
  const login = loginOfSubject(subject);
  context.events.report({ name, userId, organizationId, ...login, details: { kind, purpose: 'enroll' } });
}

export interface TooManyChanges {
  readonly outcome: 'rejected';
  readonly because: 'too-many-changes';
  readonly retryAfterSeconds: number;
}

/** The limits per person and hour, far higher than anyone needs. */
const HOURLY_LIMITS = {
  /** Each sends a notice to every address on file. Without a limit, that would be a flood of emails. */
  'factor-changes': 30,
  /** Each takes over a second of CPU time. */
  'recovery-codes': 10,
} as const;

/** Counts one change, and refuses it if it exceeds the limit. */
export async function spendChange(
  context: FlowContext,
  userId: string,
  name: keyof typeof HOURLY_LIMITS,
): Promise<{ readonly outcome: 'spent' } | TooManyChanges> {
  const throttle = context.state.throttle({ name, points: HOURLY_LIMITS[name], seconds: 3600 });
  const spent = await throttle.spend(digestUserId(context.keyRing, userId));
  if (spent.outcome === 'spent') return spent;
  const { retryAfterSeconds } = spent;
  return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds };
}
