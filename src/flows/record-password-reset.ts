import { SPENT_SECONDS } from '../core/channel';
import type { FlowContext } from './context';
import { toStoredChannel } from './first-factor-channel';
import type { FirstFactorChannel } from './first-factor-channel';

/**
 * For an hour a code to that address is no second factor anywhere, in no session and no login: whoever reads the mailbox has the
 * password by it.
 */
export async function recordPasswordReset(
  context: FlowContext,
  userId: string,
  given: FirstFactorChannel,
): Promise<void> {
  await context.records.noteSpentChannel(userId, {
    channel: toStoredChannel(context, 'mfa.recordPasswordReset(userId, { channel, address })', given),
    until: context.clock.now() + SPENT_SECONDS * 1000,
  });
}
