import { addressBy } from '../../core/address/destination';
import type { Option } from '../../core/decision/decide';
import { onFileId } from '../../core/member/factor-kind';
import { addCode, isChallengeOver } from '../../core/proof/one-time-code';
import { openSecret } from '../../core/proof/secrets';
import { channelOfKind } from '../../factors/find-factor';
import type { Challenge } from '../../stores/state-store';
import {
  loginOfChallenge,
  newHandle,
  newId,
  type AuthSubject,
  type ChallengeHint,
  type FlowContext,
  type Origin,
} from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { reportUnreadable } from '../context/report-unreadable';
import {
  changeChallenge,
  makeCode,
  type ChallengeOutcome,
  type ChallengeRequest,
  type NewCode,
} from './active-challenge';
import type { OpenProof } from './open-proof';
import { sendChallengeCode } from './send-challenge-code';
import { findDestinationWait } from './spend-send';
import type { FoundUnlockLink } from './unlock-link';

/** A challenge before it is stored, with the code that will be sent. */
export interface PreparedChallenge {
  readonly challenge: Challenge;
  /** Null if the kind sends no code, or the address cannot be read. */
  readonly code: (NewCode & { readonly destination: string }) | null;
}

export async function issueChallengeFor(
  context: FlowContext,
  request: ChallengeRequest,
): Promise<ChallengeOutcome> {
  const prepared = prepareChallenge(context, request);
  const at = { owner: request.owner, underPendingLogin: request.pendingUntil !== null };
  const change = await changeChallenge(context, at, (current) =>
    replaceChallenge(context, prepared.challenge, current),
  );
  if (change.outcome !== 'changed') return { outcome: 'gone' };
  return finishChallenge(context, request, { ...prepared, challenge: change.challenge });
}

/** Creates the challenge for a factor, to be stored together with the pending login. {@link finishChallenge} sends its code. */
export function prepareChallenge(context: FlowContext, request: ChallengeRequest): PreparedChallenge {
  const { owner, option, gathered, pendingUntil } = request;
  const { authenticatorId, kind } = option;
  const { account } = gathered;
  const sentBy = channelOfKind(kind);
  const destination = sentBy === null ? null : findDestination(context, gathered, option);
  const code =
    destination === null || sentBy === null
      ? null
      : makeCode(context, {
          owner,
          authenticatorId,
          kind,
          sentBy,
          destination,
          onFile: account,
          pendingUntil,
        });
  const challenge: Challenge = {
    ...owner,
    id: newId(),
    version: newHandle(),
    kind,
    authenticatorId,
    codes: code === null ? [] : [code.kept],
    notSent: sentBy !== null && code === null ? 'fault' : null,
    sealedSecret: null,
    state: context.factors.get(kind)?.challenge?.begin(null, context.clock.now()) ?? null,
    expiresAt: pendingUntil ?? context.clock.now() + context.options.pendingLoginSeconds * 1000,
  };
  const details = { kind, purpose: owner.purpose };
  const { organizationId } = account;
  context.events.report({
    name: 'challenge-issued',
    userId: owner.userId,
    organizationId,
    ...loginOfChallenge(owner),
    details,
  });
  return { challenge, code: code === null || destination === null ? null : { ...code, destination } };
}

export async function finishChallenge(
  context: FlowContext,
  request: ChallengeRequest,
  { challenge, code }: PreparedChallenge,
): Promise<ChallengeOutcome> {
  const { option, gathered } = request;
  if (code !== null) return sendChallengeCode(context, request, { challenge, code });
  if (channelOfKind(option.kind) === null) return { outcome: 'issued', challenge };
  const authenticator = gathered.member.authenticators.find(({ id }) => id === option.authenticatorId);
  if (authenticator !== undefined) reportUnreadable(context, gathered.member, authenticator);
  return { outcome: 'not-sent', because: 'secret-unreadable' };
}

/** Valid codes are kept while another factor is asked for, so that a person who comes back need not wait for a new one. */
function replaceChallenge(
  { clock, factors }: FlowContext,
  next: Challenge,
  current: Challenge | undefined,
): Omit<Challenge, 'version'> {
  if (current === undefined) return next;
  const now = clock.now();
  const isSame = current.authenticatorId === next.authenticatorId && current.kind === next.kind;
  const holding = current.codes.filter((code) => !isChallengeOver(code, now));
  const [code] = next.codes;
  return {
    ...next,
    id: isSame ? current.id : next.id,
    state: isSame ? (factors.get(next.kind)?.challenge?.begin(current.state, now) ?? null) : next.state,
    codes: code === undefined ? holding : addCode(holding, code),
  };
}

/** The address comes from the record or the host's table, never from the request. Null if it cannot be read. */
function findDestination(context: FlowContext, gathered: Gathered, option: Option): string | null {
  const { account, member } = gathered;
  const { kind } = option;
  const channel = channelOfKind(kind);
  if (channel !== null && option.authenticatorId === onFileId(kind)) {
    const onFile = addressBy(channel, account);
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

/** Seconds until a new code may be sent for this option; null if it sends none. */
export async function findSendWait(
  context: FlowContext,
  gathered: Gathered,
  option: Option,
): Promise<number | null> {
  const kind = channelOfKind(option.kind);
  if (kind === null) return null;
  const destination = findDestination(context, gathered, option);
  return destination === null
    ? null
    : findDestinationWait(context, { kind, destination, userId: gathered.account.id, purpose: 'login' });
}

export async function askProof(
  context: FlowContext,
  asking: {
    readonly subject: AuthSubject;
    readonly proof: OpenProof;
    readonly challengeHint: ChallengeHint;
    readonly origin: Origin | null;
    readonly resend: boolean;
  },
): Promise<ChallengeOutcome> {
  const { subject, proof, challengeHint, origin, resend } = asking;
  const { owner, gathered, link } = proof;
  if (link !== undefined) await keepAttempts(context, proof, { link, challengeHint });
  const isPendingLogin = link === undefined && subject.phase === 'pending';
  return issueChallengeFor(context, {
    owner,
    option: { authenticatorId: challengeHint.authenticatorId, kind: challengeHint.kind },
    gathered,
    pendingUntil: isPendingLogin ? subject.expiresAt : null,
    origin,
    resend,
  });
}

export function isSameChallenge(
  { challengeHint }: AuthSubject,
  { purpose, authenticatorId }: Pick<ChallengeHint, 'purpose' | 'authenticatorId'>,
): boolean {
  return challengeHint?.purpose === purpose && challengeHint.authenticatorId === authenticatorId;
}

/** Creates a challenge that lasts as long as the link, so that its attempts stay counted until the link expires. */
async function keepAttempts(
  { state, clock }: FlowContext,
  { owner }: OpenProof,
  { link, challengeHint }: { readonly link: FoundUnlockLink; readonly challengeHint: ChallengeHint },
): Promise<void> {
  const { kind, authenticatorId } = challengeHint;
  const challenge: Challenge = {
    ...owner,
    id: newId(),
    version: newHandle(),
    kind,
    authenticatorId,
    codes: [],
    notSent: null,
    sealedSecret: null,
    state: null,
    expiresAt: link.expiresAt,
  };
  // Has no effect if one exists.
  await state.issueChallenge(challenge, { now: clock.now(), underPendingLogin: false, after: null });
}
