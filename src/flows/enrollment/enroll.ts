import type { Authenticator } from '../../core/member/authenticator';
import type { FactorKind } from '../../core/member/factor-kind';
import { openSecret, sealSecret, type PlainSecret } from '../../core/proof/secrets';
import { isChallengeOver } from '../../core/proof/sent-code';
import type { AcceptedSteps } from '../../core/proof/totp';
import { channelOfKind, findFactor } from '../../factors/find-factor';
import type { ShownSecret } from '../../factors/factor';
import type { Account } from '../../options/ports';
import type { Challenge } from '../../stores/state-store';
import type { Sent } from '../challenge/active-challenge';
import type { SendRefused } from '../challenge/spend-send';
import { challengeOwner, type AuthSubject } from '../context/auth-subject';
import { newId, newHandle, type FlowContext } from '../context/context';
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
 * Makes the secret of a new authenticator, for a kind that has one. It waits beside the ones in use and becomes one of them with its
 * first right proof.
 */
export async function startSecretEnrollment(
  context: FlowContext,
  request: EnrollmentRequest & { readonly kind: FactorKind },
): Promise<EnrollmentStart> {
  const { kind } = request;
  const secret = findFactor(kind)?.secret?.issueSecret();
  if (secret === undefined) throw new TypeError(`A ${kind} has no secret that could be made.`);
  const challenge = newEnrollment(context, request, kind, secret);
  // A new secret is a new puzzle: guesses at the one before say nothing about it.
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
  secret: PlainSecret,
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
    sealedSecret: sealSecret(context.keyRing, secret, binding),
    expiresAt: pendingUntil ?? context.clock.now() + context.options.pendingLoginSeconds * 1000,
  };
}

/** The enrollment that waits for its first code, with its secret opened for showing. */
export async function findEnrollment(
  context: FlowContext,
  subject: AuthSubject,
  kind: FactorKind,
): Promise<{ readonly challenge: Challenge; readonly secret: PlainSecret } | undefined> {
  const challenge = await context.state.findChallenge(challengeOwner(subject, 'enroll'));
  if (challenge === undefined || challenge.kind !== kind || challenge.sealedSecret === null) return undefined;
  const isSent = channelOfKind(kind) !== null;
  if (!isSent && isChallengeOver(challenge, context.clock.now())) return undefined;
  // Without a code that went out there is nothing to wait for.
  if (isSent && challenge.codes.length === 0) return undefined;
  const binding = { userId: subject.userId, authenticatorId: challenge.authenticatorId, kind };
  const opened = openSecret(context.keyRing, challenge.sealedSecret, binding);
  return opened.outcome === 'opened' ? { challenge, secret: opened.secret } : undefined;
}

/** What the person sees of the secret, on the page and in JSON. */
export async function showSecret(
  context: FlowContext,
  { email, username }: Account,
  { challenge, secret }: { readonly challenge: Challenge; readonly secret: PlainSecret },
): Promise<ShownSecret> {
  const owner = { issuer: context.options.issuer, account: email ?? username };
  const shown = await findFactor(challenge.kind)?.secret?.show(secret, owner);
  return shown ?? { json: {}, view: {} };
}

/** The authenticator that a proven enrollment becomes. */
export function toAuthenticator(
  challenge: Challenge,
  confirmed: {
    readonly label: string;
    readonly now: number;
    /** What the first proof leaves behind. */
    readonly accepted: AcceptedSteps;
    readonly kind: FactorKind;
    readonly organizationId: string;
  },
): Authenticator {
  const { label, now, accepted, kind, organizationId } = confirmed;
  return {
    id: challenge.authenticatorId,
    kind,
    label,
    createdAt: now,
    lastUsedAt: now,
    failures: 0,
    disabledAt: null,
    ...accepted,
    sealedSecret: challenge.sealedSecret ?? '',
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
  context.events.report({ name, userId, organizationId, details: { kind, purpose: 'enroll' } });
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
  const spent = await context.state.throttle({ name, points: AN_HOUR[name], seconds: 3600 }).spend(userId);
  if (spent.outcome === 'spent') return spent;
  const { retryAfterSeconds } = spent;
  return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds };
}
