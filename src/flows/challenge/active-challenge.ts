import { addressOnFile, maskDestination, type AddressesOnFile } from '../../core/address/destination';
import type { Option } from '../../core/decision/decide';
import { MfaError } from '../../core/errors';
import type { Channel, FactorKind } from '../../core/member/factor-kind';
import {
  fallbackOfCode,
  hashOneTimeCode,
  issueOneTimeCode,
  type SentCode,
} from '../../core/proof/one-time-code';
import { FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import type { Challenge, ChallengeOwner } from '../../stores/state-store';
import { newHandle, type FlowContext, type Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import type { SendRefused } from './spend-send';

export interface ChallengeRequest {
  readonly owner: ChallengeOwner;
  readonly option: Option;
  readonly gathered: Gathered;
  /** When the pending login ends; null in a session. */
  readonly pendingUntil: number | null;
  /** Where the request came from, for the email with the code; null in the host's own code. */
  readonly origin: Origin | null;
  /** The person wants a new code, so an earlier one does not count as sent. */
  readonly resend?: boolean;
}

/** How a code was sent, with the masked address. */
export interface Sent {
  readonly kind: Channel;
  readonly destination: string;
  readonly expiresAt: number;
  readonly fallbackFrom?: Channel;
  /** The sender has not answered yet. The code may arrive late or not at all. */
  readonly delayed?: true;
  /** An earlier code is still valid; no new one was sent. */
  readonly earlier?: true;
}

export type ChallengeOutcome =
  | { readonly outcome: 'issued'; readonly challenge: Challenge; readonly sent?: Sent }
  /** The challenge is stored, but its code was not sent. */
  | {
      readonly outcome: 'not-sent';
      readonly because: SendRefused['because'] | 'delivery-failed' | 'secret-unreadable';
      readonly retryAfterSeconds?: number;
    }
  | { readonly outcome: 'gone' };

export function toSent(code: SentCode, { earlier = false }: { readonly earlier?: boolean } = {}): Sent {
  const fallbackFrom = fallbackOfCode(code, FACTOR_TRAITS);
  return {
    kind: code.sentBy,
    destination: code.maskedDestination,
    expiresAt: code.expiresAt,
    ...(fallbackFrom === null ? {} : { fallbackFrom }),
    ...(code.stage === 'sent' ? {} : { delayed: true }),
    ...(earlier ? { earlier: true } : {}),
  };
}

export type ChallengeChange =
  | { readonly outcome: 'changed'; readonly challenge: Challenge }
  | { readonly outcome: 'unchanged'; readonly challenge: Challenge | undefined }
  | { readonly outcome: 'gone' };

/** Only an attack causes more concurrent writes to one challenge. */
const MOST_TRIES = 8;

/** If another request wrote in between, applies the rule again. `known`, the challenge as last written, saves a read. */
export async function changeChallenge(
  { state, clock }: Pick<FlowContext, 'state' | 'clock'>,
  at: {
    readonly owner: ChallengeOwner;
    readonly underPendingLogin: boolean;
    readonly known?: Challenge | undefined;
  },
  rule: (current: Challenge | undefined) => Omit<Challenge, 'version'> | null,
): Promise<ChallengeChange> {
  const { owner, underPendingLogin } = at;
  let current = at.known ?? (await state.findChallenge(owner));
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const next = rule(current);
    if (next === null) return { outcome: 'unchanged', challenge: current };
    const challenge = { ...next, version: newHandle() };
    const after = current?.version ?? null;
    // Each try uses what the previous one read.
    // oxlint-disable-next-line no-await-in-loop
    if (await state.issueChallenge(challenge, { now: clock.now(), underPendingLogin, after }))
      return { outcome: 'changed', challenge };
    // oxlint-disable-next-line no-await-in-loop
    const found = await state.findChallenge(owner);
    if ((found?.version ?? null) === after) return { outcome: 'gone' };
    current = found;
  }
  throw new MfaError('store-unavailable', 'Too many requests changed one challenge at once.');
}

/** A code before it is sent: its digits, and its stored form. */
export interface NewCode {
  readonly digits: string;
  readonly kept: SentCode;
}

export interface CodeRequest {
  readonly owner: ChallengeOwner;
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  readonly sentBy: Channel;
  readonly destination: string;
  readonly onFile: AddressesOnFile;
  /** The `sendId` of the text message that this code replaces. */
  readonly sendId?: string;
  /** When the pending login ends; null in a session. */
  readonly pendingUntil: number | null;
}

/** Makes a code. It must be stored before it is sent, because a sender that times out may still deliver it. */
export function makeCode(
  context: Pick<FlowContext, 'clock' | 'keyRing' | 'options'>,
  made: CodeRequest,
): NewCode {
  const { owner, authenticatorId, kind, sentBy, destination, onFile, pendingUntil } = made;
  const id = newHandle();
  const digits = issueOneTimeCode();
  const address = addressOnFile(
    { authenticatorId, sentBy, fellBack: sentBy !== channelOfKind(kind) },
    onFile,
  );
  const binding = { ...owner, codeId: id, kind, sentBy, address };
  const sentAt = context.clock.now();
  return {
    digits,
    kept: {
      id,
      sendId: made.sendId ?? id,
      authenticatorId,
      kind,
      codeHash: hashOneTimeCode({ code: digits, binding }, context.keyRing),
      sentBy,
      maskedDestination: maskDestination(sentBy, destination),
      sentAt,
      expiresAt: Math.min(sentAt + context.options.codeSeconds * 1000, pendingUntil ?? Infinity),
      stage: 'stored',
    },
  };
}
