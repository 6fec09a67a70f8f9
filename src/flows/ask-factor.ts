import { addressOnFile } from '../core/code-destination';
import { hashOneTimeCode, issueOneTimeCode } from '../core/one-time-code';
import { isDeliveredKind, onFileId } from '../core/factor-kind';
import type { DeliveredKind } from '../core/factor-kind';
import type { Option } from '../core/decide';
import { maskDestination } from '../core/mask';
import { openSecret } from '../core/sealed-secret';
import { maySmsFallBack } from '../core/sms-fallback';
import type { Challenge, ChallengeOwner } from '../stores/state-store';
import type { FlowContext } from './context';
import { newId } from './context';
import type { Gathered } from './gather-facts';
import { reportUnreadable } from './report-unreadable';
import { findDestinationWait, spendSendOrFallback } from './spend-send';
import type { SendRefused } from './spend-send';

/** How a code went out, as it may be shown. */
export interface Sent {
  readonly kind: DeliveredKind;
  readonly destination: string;
  readonly expiresAt: number;
  readonly fallbackFrom?: 'sms';
}

export type AskOutcome =
  | { readonly outcome: 'asked'; readonly challenge: Challenge; readonly sent?: Sent }
  /** The challenge stands, but its code did not go out. */
  | {
      readonly outcome: 'not-sent';
      readonly because: SendRefused['because'] | 'delivery-failed' | 'secret-unreadable';
      readonly retryAfterSeconds?: number;
    }
  | { readonly outcome: 'gone' };

export interface AskRequest {
  readonly owner: ChallengeOwner;
  readonly option: Option;
  readonly gathered: Gathered;
  /** When the pending login ends; null under a session. */
  readonly pendingUntil: number | null;
}

/** Asks one factor: makes the owner's challenge and, where the kind is delivered, sends its code. */
export async function askFactor(context: FlowContext, request: AskRequest): Promise<AskOutcome> {
  const { option } = request;
  if (isDeliveredKind(option.kind)) return sendCode(context, request, option.kind);
  const challenge = newChallenge(context, request);
  return (await issue(context, request, challenge)) ? { outcome: 'asked', challenge } : { outcome: 'gone' };
}

/** The challenge of a factor that sends nothing, for whoever stores it together with the pending login. */
export function issueQuietly(context: FlowContext, request: AskRequest): Challenge | null {
  if (isDeliveredKind(request.option.kind)) return null;
  reportSend(context, request, 'challenge-issued', { kind: request.option.kind });
  return newChallenge(context, request);
}

function newChallenge(context: FlowContext, request: AskRequest): Challenge {
  const { owner, option, pendingUntil } = request;
  const end = context.clock.now() + context.options.pendingLoginSeconds * 1000;
  return {
    ...owner,
    id: newId(),
    kind: option.kind,
    authenticatorId: option.authenticatorId,
    codeHash: null,
    sealedSecret: null,
    maskedDestination: null,
    sentBy: null,
    fallbackFrom: null,
    sentAt: null,
    expiresAt: pendingUntil ?? end,
  };
}

function issue(context: FlowContext, request: AskRequest, challenge: Challenge): Promise<boolean> {
  const life = { now: context.clock.now(), underPendingLogin: request.pendingUntil !== null };
  reportSend(context, request, 'challenge-issued', { kind: challenge.kind });
  return context.state.issueChallenge(challenge, life);
}

async function sendCode(context: FlowContext, request: AskRequest, kind: DeliveredKind): Promise<AskOutcome> {
  const { owner, option, gathered } = request;
  const { account } = gathered;
  const destination = findDestination(context, gathered, option, kind);
  const maskedDestination = destination === null ? null : maskDestination(kind, destination);
  const challenge = { ...newChallenge(context, request), maskedDestination };
  if (destination === null) {
    const authenticator = gathered.member.authenticators.find(({ id }) => id === option.authenticatorId);
    if (authenticator !== undefined) reportUnreadable(context, gathered.member, authenticator);
    await keepOrIssue(context, request, challenge);
    return { outcome: 'not-sent', because: 'secret-unreadable' };
  }
  const now = context.clock.now();
  const { userId, purpose } = owner;
  const { organizationId } = account;
  const send = { kind, destination, userId, organizationId, purpose };
  const spent = await spendSendOrFallback(context, send, fallbackOf(request).email);
  if (spent.outcome === 'refused') {
    const { because, retryAfterSeconds } = spent;
    await keepOrIssue(context, request, challenge);
    return {
      outcome: 'not-sent',
      because,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
  const code = issueOneTimeCode();
  const delivered = await context.delivery.sendCode({
    by: spent.by,
    fallbackFrom: spent.by === kind ? null : 'sms',
    code,
    purpose: owner.purpose,
    userId: owner.userId,
    userName: account.name,
    destinations: kind === 'email' ? { email: destination } : { sms: destination, ...fallbackOf(request) },
  });
  if (delivered.outcome === 'failed') {
    reportSend(context, request, 'delivery-failed', { kind });
    await keepOrIssue(context, request, challenge);
    return { outcome: 'not-sent', because: 'delivery-failed' };
  }
  const fellBack = delivered.sentBy !== kind;
  const shown =
    fellBack && account.email !== undefined
      ? maskDestination('email', account.email)
      : challenge.maskedDestination;
  const address = addressOnFile({ ...challenge, sentBy: delivered.sentBy }, account);
  const binding = { ...owner, challengeId: challenge.id, kind, address };
  const live: Challenge = {
    ...challenge,
    codeHash: hashOneTimeCode({ code, binding }, context.keyRing),
    maskedDestination: shown,
    sentBy: delivered.sentBy,
    fallbackFrom: delivered.fallbackFrom,
    sentAt: now,
    expiresAt: Math.min(
      now + context.options.codeSeconds * 1000,
      request.pendingUntil ?? Number.POSITIVE_INFINITY,
    ),
  };
  if (!(await issue(context, request, live))) return { outcome: 'gone' };
  if (delivered.messageId !== null && fallbackOf(request).email !== undefined) {
    await context.state.rememberSentMessage(
      delivered.messageId,
      { ...owner, challengeId: live.id },
      context.options.codeSeconds,
    );
  }
  reportSend(context, request, fellBack ? 'delivery-fell-back' : 'code-sent', { kind: delivered.sentBy });
  return { outcome: 'asked', challenge: live, sent: toSent(live, delivered.sentBy) };
}

/** Where a text message may fall back, it goes to the address on file, unless the first factor came through it. */
function fallbackOf({ gathered, owner }: AskRequest): { readonly email?: string } {
  const { account, facts, policy } = gathered;
  if (account.email === undefined || !maySmsFallBack(policy.policy, owner.purpose)) return {};
  return facts.spentChannels.includes(onFileId('email')) ? {} : { email: account.email };
}

/** A limit or a fault must not kill the code that arrived before; without one, the page needs a challenge to speak of. */
async function keepOrIssue(context: FlowContext, request: AskRequest, challenge: Challenge): Promise<void> {
  const standing = await context.state.findChallenge(request.owner);
  const same = standing?.authenticatorId === challenge.authenticatorId;
  if (!same) await issue(context, request, challenge);
}

export function toSent(challenge: Challenge, kind: DeliveredKind): Sent {
  return {
    kind,
    destination: challenge.maskedDestination ?? '',
    expiresAt: challenge.expiresAt,
    ...(challenge.fallbackFrom === null ? {} : { fallbackFrom: challenge.fallbackFrom }),
  };
}

/** The address comes from the record or the host's table, never from the request. Null where it cannot be read. */
function findDestination(
  context: FlowContext,
  gathered: Gathered,
  option: Option,
  kind: DeliveredKind,
): string | null {
  const { account, member } = gathered;
  if (option.authenticatorId === onFileId(kind)) {
    const onFile = kind === 'email' ? account.email : account.phone;
    if (onFile !== undefined) return onFile;
  }
  const authenticator = member.authenticators.find(({ id }) => id === option.authenticatorId);
  if (authenticator !== undefined) {
    const binding = { userId: account.id, authenticatorId: authenticator.id, kind };
    const opened = openSecret(context.keyRing, authenticator.sealedSecret, binding);
    if (opened.outcome === 'opened') return opened.secret.reveal();
  }
  return null;
}

/** Seconds until a new code may be sent by this option; null where it sends none. */
export async function findSendWait(
  context: FlowContext,
  gathered: Gathered,
  option: Option,
): Promise<number | null> {
  const { kind } = option;
  if (!isDeliveredKind(kind)) return null;
  const destination = findDestination(context, gathered, option, kind);
  return destination === null
    ? null
    : findDestinationWait(context, { kind, destination, userId: gathered.account.id, purpose: 'login' });
}

function reportSend(
  context: FlowContext,
  request: AskRequest,
  name: 'challenge-issued' | 'code-sent' | 'delivery-fell-back' | 'delivery-failed',
  details: Readonly<Record<string, string>>,
): void {
  const { userId, purpose } = request.owner;
  const { organizationId } = request.gathered.account;
  context.events.report({ name, userId, organizationId, details: { ...details, purpose } });
}
