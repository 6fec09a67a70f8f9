import { channelOf, type Channel, type FactorKind, type Factors } from '../member/factor-kind';
import { hasEnded } from '../text/credible-instant';

/** One code that was sent, or is on its way. A challenge may have several: each has its own digits, channel and end. */
export interface SentCode {
  /** Tells it from all others; its hash is bound to it. */
  readonly id: string;
  /** The id of the code that was sent first: a text and the mail that followed, because the text did not go out, belong together. */
  readonly sendId: string;
  /** The authenticator that it proves, and the kind of that. */
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  /** HMAC under a key that the store does not hold. */
  readonly codeHash: string;
  /** The channel by which it travels, which is what it proves. */
  readonly sentBy: Channel;
  readonly maskedDestination: string;
  readonly sentAt: number;
  readonly expiresAt: number;
  /**
   * Whether it was only `stored`, so that a limit may still keep it from being sent; or `counted` under the limits and handed to its
   * sender, so that it may arrive; or `sent`, as its sender said.
   */
  readonly stage: 'stored' | 'counted' | 'sent';
}

/** A text and a mail that are under way, and the same of the send before. */
const MOST_CODES = 4;

/** Newest first. */
export function addCode(codes: readonly SentCode[], code: SentCode): readonly SentCode[] {
  return [code, ...codes].slice(0, MOST_CODES);
}

export function dropCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.filter((code) => code.id !== id);
}

/** There was room for it under the limits: it goes out now. */
export function countCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.map((code) => (code.id === id ? { ...code, stage: 'counted' } : code));
}

/** The code went out: those of the sends before it, by the same authenticator, are worth nothing any more. */
export function confirmCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  const place = codes.findIndex((code) => code.id === id);
  const confirmed = codes[place];
  if (confirmed === undefined) return codes;
  const { sendId, authenticatorId } = confirmed;
  const older = codes
    .slice(place + 1)
    .filter((code) => code.sendId === sendId || code.authenticatorId !== authenticatorId);
  return [...codes.slice(0, place), { ...confirmed, stage: 'sent' }, ...older];
}

interface Coded {
  readonly authenticatorId: string;
  readonly codes: readonly SentCode[];
}

/** The codes for the authenticator that is asked now, newest first; those of others wait until it is their turn again. */
export function currentCodes({ authenticatorId, codes }: Coded): readonly SentCode[] {
  return codes.filter((code) => code.authenticatorId === authenticatorId);
}

/** The newest that still holds. */
export function liveCode(challenge: Coded, now: number): SentCode | undefined {
  return currentCodes(challenge).find((code) => !isChallengeOver(code, now));
}

/** The newest that holds and went out, or is about to. */
export function codeUnderWay({ authenticatorId, codes }: Coded, now: number): SentCode | undefined {
  return liveCode({ authenticatorId, codes: codes.filter(({ stage }) => stage !== 'stored') }, now);
}

/** The channel that the code was meant for, where it travels by another one; null where it does not. */
export function fallbackOfCode(
  { kind, sentBy }: Pick<SentCode, 'kind' | 'sentBy'>,
  factors: Factors,
): Channel | null {
  const channel = channelOf(factors, kind);
  return channel === sentBy ? null : channel;
}

/** The longest life of an unfinished login and of a code (NIST SP 800-63B-4, 3.1.3.2: ten minutes). */
export const LONGEST_CHALLENGE_SECONDS = 600;

/** Whether a challenge, or the unfinished login that it belongs to, is over. */
export function isChallengeOver({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_CHALLENGE_SECONDS, now);
}
