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

/** Which factor to ask, for which owner and purpose. */
export interface ChallengeRequest {
  readonly owner: ChallengeOwner;
  readonly option: Option;
  readonly gathered: Gathered;
  /** When the pending login ends; null under a session. */
  readonly pendingUntil: number | null;
  /** Who asks, for the mail with the code; null in the host's own code. */
  readonly origin: Origin | null;
  /** The person wants a new code, so the one that was sent before is no answer. */
  readonly resend?: boolean;
}

/** How a code was sent, with its address masked. */
export interface Sent {
  readonly kind: Channel;
  readonly destination: string;
  readonly expiresAt: number;
  readonly fallbackFrom?: Channel;
  /** Its sender has not answered yet, so it may arrive late or not at all. */
  readonly delayed?: true;
  /** It was sent earlier; none was sent now. */
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
  /** The rule changed nothing. */
  | { readonly outcome: 'unchanged'; readonly challenge: Challenge | undefined }
  /** The pending login is over. */
  | { readonly outcome: 'gone' };

/** Only an attack writes to one challenge more often at once. */
const MOST_TRIES = 8;

/**
 * Changes the owner's challenge by a rule. If another request wrote in between, the rule is applied again to what it wrote. `known` is the
 * challenge as it was written last, which saves reading it.
 */
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
    // Each try works on what the previous one read.
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

/** A code before it is sent: its digits, and the form in which it is kept. */
export interface NewCode {
  readonly digits: string;
  readonly kept: SentCode;
}

export interface CodeToMake {
  readonly owner: ChallengeOwner;
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  readonly sentBy: Channel;
  readonly destination: string;
  readonly onFile: AddressesOnFile;
  /** Of the text message that it replaces. */
  readonly sendId?: string;
  /** When the pending login ends; null under a session. */
  readonly pendingUntil: number | null;
}

/** The code is stored before it is sent, since a sender that times out may still deliver it. */
export function makeCode(
  context: Pick<FlowContext, 'clock' | 'keyRing' | 'options'>,
  made: CodeToMake,
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
