import type { Option } from '../../core/decision/decide';
import type { Channel } from '../../core/member/factor-kind';
import { fallbackOfCode, type SentCode } from '../../core/proof/sent-code';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { Challenge, ChallengeOwner } from '../../stores/state-store';
import type { Gathered } from '../context/gather-facts';
import type { SendRefused } from './spend-send';

/** Which factor is asked, of whom and for what. */
export interface ChallengeRequest {
  readonly owner: ChallengeOwner;
  readonly option: Option;
  readonly gathered: Gathered;
  /** When the pending login ends; null under a session. */
  readonly pendingUntil: number | null;
  /** The person has a code and wants another one, so that the one under way is no answer. */
  readonly resend?: boolean;
}

/** How a code went out, as it may be shown. */
export interface Sent {
  readonly kind: Channel;
  readonly destination: string;
  readonly expiresAt: number;
  readonly fallbackFrom?: Channel;
  /** Its sender has not answered yet: it may take a while to arrive, and may not. */
  readonly delayed?: true;
  /** It was sent before, and no other one now. */
  readonly earlier?: true;
}

export type ChallengeOutcome =
  | { readonly outcome: 'asked'; readonly challenge: Challenge; readonly sent?: Sent }
  /** The challenge stands, but its code did not go out. */
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
