import { createHmac } from 'node:crypto';
import { foldEmailAddress } from './email-address';
import type { KeyRing, PurposeKey } from './key-ring';

/** An address in the form in which evidence remembers it: the same for each spelling, and unreadable. */
function hashAddress({ key }: PurposeKey, address: string): string {
  return createHmac('sha256', key)
    .update(`channel:email:${foldEmailAddress(address)}`)
    .digest('base64url')
    .slice(0, 22);
}

/** The channel of a link or code that the host sent to an email address. */
export function emailChannel(keyRing: KeyRing, address: string): string {
  return hashAddress(keyRing.current('destination'), address);
}

/** Whether one of the channels is this address, under any key of the ring. */
export function isAmongChannels(keyRing: KeyRing, channels: readonly string[], address: string): boolean {
  return keyRing.all('destination').some((key) => channels.includes(hashAddress(key, address)));
}

/** How long a reset is held against the address: long enough for the owner to read of it and act. */
export const SPENT_SECONDS = 3600;

/** An address through which the host let somebody choose a new password, and until when that is held against it. */
export interface SpentChannel {
  readonly channel: string;
  readonly until: number;
}
