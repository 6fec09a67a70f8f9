import { isChallengeOver } from '../core/challenge-life';
import type { Authenticator } from '../core/authenticator';
import type { EnrollableKind } from '../core/factor-kind';
import { openSecret, sealSecret } from '../core/sealed-secret';
import { issueTotpSecret } from '../core/totp';
import type { PlainSecret } from '../core/plain-secret';
import type { Challenge } from '../stores/state-store';
import type { Sent } from './ask-request';
import { challengeOwner } from './bearer';
import type { Bearer } from './bearer';
import { newId, newMark } from './context';
import type { FlowContext } from './context';
import type { Gathered } from './gather-facts';
import type { SendRefused } from './spend-send';

export interface EnrollmentRequest {
  readonly bearer: Bearer;
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

/** Makes a secret for a new authenticator app. It waits beside the ones in use and becomes one of them with its first right code. */
export async function startTotpEnrollment(
  context: FlowContext,
  request: EnrollmentRequest,
): Promise<EnrollmentStart> {
  const secret = issueTotpSecret();
  const challenge = newEnrollment(context, request, 'totp', secret);
  // A new secret is a new puzzle: guesses at the one before say nothing about it.
  await context.state.endChallenge(challenge);
  const life = { now: context.clock.now(), underPendingLogin: request.bearer.standing === 'pending' };
  if (!(await context.state.issueChallenge(challenge, life))) return { outcome: 'gone' };
  reportEnrollment(context, request, 'enrollment-started', challenge.kind);
  return { outcome: 'started', challenge };
}

/** An enrollment before its first code; of a kind that is delivered, {@link startDeliveredEnrollment} adds that. */
export function newEnrollment(
  context: FlowContext,
  { bearer, pendingUntil }: EnrollmentRequest,
  kind: EnrollableKind,
  secret: PlainSecret,
): Challenge {
  const authenticatorId = newId();
  const binding = { userId: bearer.userId, authenticatorId, kind };
  return {
    ...challengeOwner(bearer, 'enroll'),
    id: newId(),
    version: newMark(),
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
  bearer: Bearer,
  kind: EnrollableKind,
): Promise<{ readonly challenge: Challenge; readonly secret: PlainSecret } | undefined> {
  const challenge = await context.state.findChallenge(challengeOwner(bearer, 'enroll'));
  if (challenge === undefined || challenge.kind !== kind || challenge.sealedSecret === null) return undefined;
  if (kind === 'totp' && isChallengeOver(challenge, context.clock.now())) return undefined;
  // Without a code that went out there is nothing to wait for.
  if (kind !== 'totp' && challenge.codes.length === 0) return undefined;
  const binding = { userId: bearer.userId, authenticatorId: challenge.authenticatorId, kind };
  const opened = openSecret(context.keyRing, challenge.sealedSecret, binding);
  return opened.outcome === 'opened' ? { challenge, secret: opened.secret } : undefined;
}

/** The authenticator that a proven enrollment becomes. */
export function toAuthenticator(
  challenge: Challenge,
  confirmed: {
    readonly label: string;
    readonly now: number;
    readonly timeStep: number | null;
    readonly kind: EnrollableKind;
    readonly organizationId: string;
  },
): Authenticator {
  const { label, now, timeStep, kind, organizationId } = confirmed;
  return {
    id: challenge.authenticatorId,
    kind,
    label,
    createdAt: now,
    lastUsedAt: now,
    failures: 0,
    disabledAt: null,
    lastAcceptedStep: timeStep,
    sealedSecret: challenge.sealedSecret ?? '',
    maskedDestination: challenge.codes[0]?.maskedDestination ?? null,
    organizationId,
  };
}

export function reportEnrollment(
  context: FlowContext,
  { bearer }: EnrollmentRequest,
  name: 'code-sent' | 'delivery-failed' | 'enrollment-started',
  kind: string,
): void {
  const { userId, organizationId } = bearer;
  context.events.report({ name, userId, organizationId, details: { kind, purpose: 'enroll' } });
}
