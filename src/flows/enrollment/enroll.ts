import type { Authenticator } from '../../core/member/authenticator';
import type { FactorKind, FactorState } from '../../core/member/factor-kind';
import { digestUserId } from '../../core/proof/key-ring';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { openSecret, sealSecret, type PlainSecret } from '../../core/proof/secrets';
import type { Begun, Enrollee, Shown } from '../../factors/factor';
import { channelOfKind } from '../../factors/find-factor';
import type { Challenge } from '../../stores/state-store';
import type { Sent } from '../challenge/active-challenge';
import type { SendRefused } from '../challenge/spend-send';
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

export type EnrollmentStart =
  | { readonly outcome: 'started'; readonly challenge: Challenge; readonly sent?: Sent }
  | {
      readonly outcome: 'refused';
      readonly because: SendRefused['because'] | 'delivery-failed' | 'same-channel';
      readonly retryAfterSeconds?: number;
    }
  | { readonly outcome: 'gone' };

/**
 * Begins the enrollment of a kind without a channel, for example by making a secret. It waits beside the authenticators in use and
 * becomes one of them with its first right proof.
 */
export async function startEnrollment(
  context: FlowContext,
  request: EnrollmentRequest & { readonly kind: FactorKind; readonly variant?: string },
): Promise<EnrollmentStart> {
  const { kind, gathered, variant = '' } = request;
  const enrollment = context.factors.get(kind)?.enrollment ?? null;
  if (enrollment === null) throw new TypeError(`A ${kind} is not set up in this way.`);
  const begun = enrollment.begin(await enrolleeOf(context, gathered), variant);
  const challenge = newEnrollment(context, request, kind, begun);
  // What is begun anew is a new puzzle: guesses at the one before say nothing about it.
  await context.state.endChallenge(challenge);
  const life = { now: context.clock.now(), underPendingLogin: request.subject.phase === 'pending' };
  if (!(await context.state.issueChallenge(challenge, life))) return { outcome: 'gone' };
  reportEnrollment(context, request, 'enrollment-started', challenge.kind);
  return { outcome: 'started', challenge };
}

/** An enrollment before its first code; of a kind that is delivered, {@link startDeliveredEnrollment} adds that. */
export function newEnrollment(
  context: FlowContext,
  { subject, pendingUntil }: EnrollmentRequest,
  kind: FactorKind,
  { secret, state, until = Infinity }: Begun,
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

/** An enrollment that waits for its first proof, with its secret opened for showing. */
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
  // Without a code that went out there is nothing to wait for.
  if (isSent && challenge.codes.length === 0) return undefined;
  if (challenge.sealedSecret === null) return { challenge, secret: null };
  const binding = { userId: subject.userId, authenticatorId: challenge.authenticatorId, kind };
  const opened = openSecret(context.keyRing, challenge.sealedSecret, binding);
  return opened.outcome === 'opened' ? { challenge, secret: opened.secret } : undefined;
}

/** What the person is shown of it, on the page and in JSON. */
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

/** The authenticator that a proven enrollment becomes. */
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

/** What one person may do in an hour, far beyond what anybody needs. */
const AN_HOUR = {
  /** Each is told to every address on file, so that without an end it is a flood of mails. */
  'factor-changes': 30,
  /** Each costs over a second of processor time. */
  'recovery-codes': 10,
} as const;

/** Counts one change; what would be one too many is refused. */
export async function spendChange(
  context: FlowContext,
  userId: string,
  name: keyof typeof AN_HOUR,
): Promise<{ readonly outcome: 'spent' } | TooManyChanges> {
  const throttle = context.state.throttle({ name, points: AN_HOUR[name], seconds: 3600 });
  const spent = await throttle.spend(digestUserId(context.keyRing, userId));
  if (spent.outcome === 'spent') return spent;
  const { retryAfterSeconds } = spent;
  return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds };
}
