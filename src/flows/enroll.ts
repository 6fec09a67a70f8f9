import type { Authenticator } from '../core/authenticator';
import { isDeliveredKind } from '../core/factor-kind';
import type { DeliveredKind, EnrollableKind } from '../core/factor-kind';
import { maskDestination } from '../core/mask';
import { hashOneTimeCode, issueOneTimeCode } from '../core/one-time-code';
import { openSecret, sealSecret } from '../core/sealed-secret';
import { issueTotpSecret } from '../core/totp';
import { PlainSecret } from '../core/plain-secret';
import { isAmongChannels } from '../core/channel';
import type { Challenge } from '../stores/state-store';
import { challengeOwner } from './bearer';
import type { Bearer } from './bearer';
import { newId } from './context';
import type { FlowContext } from './context';
import type { Gathered } from './gather-facts';
import { spendSend } from './spend-send';
import type { SendRefused } from './spend-send';
import { channelsOf } from './spent-channels';

export interface EnrollmentRequest {
  readonly bearer: Bearer;
  readonly gathered: Gathered;
  readonly pendingUntil: number | null;
}

export type EnrollmentStart =
  | { readonly outcome: 'started'; readonly challenge: Challenge }
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
  return issue(context, request, challenge);
}

/** Sends a code to an address that is to become a factor. It goes there or nowhere: another channel would prove another address. */
export async function startDeliveredEnrollment(
  context: FlowContext,
  request: EnrollmentRequest & { readonly kind: DeliveredKind; readonly destination: string },
): Promise<EnrollmentStart> {
  const { kind, destination, bearer, gathered } = request;
  const channels = channelsOf(context, {
    member: gathered.member,
    evidence: gathered.facts.session?.evidence ?? [],
  });
  if (kind === 'email' && isAmongChannels(context.keyRing, channels, destination))
    return { outcome: 'refused', because: 'same-channel' };
  const now = context.clock.now();
  const { userId, organizationId } = bearer;
  const spent = await spendSend(context, { kind, destination, userId, organizationId, purpose: 'enroll' });
  if (spent.outcome === 'refused') return spent;
  const code = issueOneTimeCode();
  const delivered = await context.delivery.sendCode({
    by: kind,
    code,
    purpose: 'enroll',
    userId,
    userName: gathered.account.name,
    destinations: kind === 'email' ? { email: destination } : { sms: destination },
  });
  if (delivered.outcome === 'failed') {
    report(context, request, 'delivery-failed', kind);
    return { outcome: 'refused', because: 'delivery-failed' };
  }
  const challenge = newEnrollment(context, request, kind, new PlainSecret(destination));
  report(context, request, 'code-sent', kind);
  return issue(context, request, {
    ...challenge,
    codeHash: hashOneTimeCode(
      {
        code,
        binding: { ...challengeOwner(bearer, 'enroll'), challengeId: challenge.id, kind, address: null },
      },
      context.keyRing,
    ),
    maskedDestination: maskDestination(kind, destination),
    sentBy: kind,
    sentAt: now,
    expiresAt: Math.min(challenge.expiresAt, now + context.options.codeSeconds * 1000),
  });
}

function newEnrollment(
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
    kind,
    authenticatorId,
    codeHash: null,
    sealedSecret: sealSecret(context.keyRing, secret, binding),
    maskedDestination: null,
    sentBy: null,
    fallbackFrom: null,
    sentAt: null,
    expiresAt: pendingUntil ?? context.clock.now() + context.options.pendingLoginSeconds * 1000,
  };
}

async function issue(
  context: FlowContext,
  request: EnrollmentRequest,
  challenge: Challenge,
): Promise<EnrollmentStart> {
  const life = { now: context.clock.now(), underPendingLogin: request.bearer.standing === 'pending' };
  if (!(await context.state.issueChallenge(challenge, life))) return { outcome: 'gone' };
  report(context, request, 'enrollment-started', challenge.kind);
  return { outcome: 'started', challenge };
}

/** The enrollment that waits for its first code, with its secret opened for showing. */
export async function findEnrollment(
  context: FlowContext,
  bearer: Bearer,
  kind: EnrollableKind,
): Promise<{ readonly challenge: Challenge; readonly secret: PlainSecret } | undefined> {
  const challenge = await context.state.findChallenge(challengeOwner(bearer, 'enroll'));
  if (challenge === undefined || challenge.kind !== kind || challenge.sealedSecret === null) return undefined;
  if (kind === 'totp' && context.clock.now() >= challenge.expiresAt) return undefined;
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
  },
): Authenticator {
  const { label, now, timeStep, kind } = confirmed;
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
    maskedDestination: isDeliveredKind(kind) ? challenge.maskedDestination : null,
  };
}

function report(
  context: FlowContext,
  { bearer }: EnrollmentRequest,
  name: 'code-sent' | 'delivery-failed' | 'enrollment-started',
  kind: string,
): void {
  const { userId, organizationId } = bearer;
  context.events.report({ name, userId, organizationId, details: { kind, purpose: 'enroll' } });
}
