import { emailChannel } from '../core/channel';
import { parseEmailAddress } from '../core/email-address';
import type { FlowContext } from './context';

/** Through what the host let the person in, or let them choose a new password. */
export interface FirstFactorChannel {
  readonly channel: 'email';
  readonly address: string;
}

/** The channel as it is kept. Throws a TypeError that names the call where the host gave none. */
export function toStoredChannel(
  { keyRing }: Pick<FlowContext, 'keyRing'>,
  call: string,
  { channel, address }: FirstFactorChannel,
): string {
  const parsed = parseEmailAddress(address);
  if (channel === 'email' && parsed.outcome === 'parsed') return emailChannel(keyRing, parsed.address);
  throw new TypeError(
    `${call}: channel must be 'email' and address the email address that the link or code was sent to.`,
  );
}
