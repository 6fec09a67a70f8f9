import { emailChannel } from '../core/channel';
import { parseEmailAddress } from '../core/email-address';
import type { FlowContext } from './context';

/** Through what the host let the person in, or let them choose a new password. */
export interface FirstFactorChannel {
  readonly channel: 'email';
  readonly address: string;
}

/** How long a reset is held against the address: long enough for the owner to read of it and act. */
const RESET_SECONDS = 3600;

/**
 * For an hour a code to that address is no second factor anywhere, in no session and no login: whoever reads the mailbox has the
 * password by it.
 */
export async function notePasswordReset(
  context: FlowContext,
  userId: string,
  { channel, address }: FirstFactorChannel,
): Promise<void> {
  const parsed = parseEmailAddress(address);
  if (channel !== 'email' || parsed.outcome !== 'parsed') {
    throw new TypeError(
      "mfa.notePasswordReset(userId, { channel, address }): channel must be 'email' and address the email address that the link or code was sent to.",
    );
  }
  await context.records.noteSpentChannel(userId, {
    channel: emailChannel(context.keyRing, parsed.address),
    until: context.clock.now() + RESET_SECONDS * 1000,
  });
}
