import {
  SPENT_CHANNEL_SECONDS,
  emailChannel,
  isAmongChannels,
  parseEmailAddress,
} from '../../core/address/destination';
import { isCredible } from '../../core/clock';
import type { Evidence } from '../../core/decision/assurance';
import type { UpstreamClaims } from '../../core/decision/upstream-proof';
import { onFileId } from '../../core/member/factor-kind';
import { openSecret } from '../../core/proof/secrets';
import { FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberRecord } from '../../records/records';
import type { FlowContext } from './context';

/** The channel through which the host signed the person in or let them choose a new password. */
export interface FirstFactorChannel {
  readonly channel: 'email';
  readonly address: string;
}

/** What the host knows about the first factor that was just proven. */
export type FirstFactor = FirstFactorChannel | { readonly upstream: UpstreamClaims };

/** The stored form of a channel. Throws a TypeError that names `call` if the channel or the address is invalid. */
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

/** The authenticator ids of the email address on file, one for each kind that sends codes to it. */
const ON_FILE_BY_EMAIL = FACTOR_TRAITS.filter(
  ({ channel, worksOnFile }) => channel === 'email' && worksOnFile,
).map(({ kind }) => onFileId(kind));

export function channelsOf(
  context: Pick<FlowContext, 'clock'>,
  { member, evidence }: { readonly member: MemberRecord; readonly evidence: readonly Evidence[] },
): readonly string[] {
  const ofLogin = evidence.flatMap(({ channel }) => (channel === undefined ? [] : [channel]));
  const { spentChannel } = member;
  const isSpent = spentChannel !== null && context.clock.now() < spentChannel.until;
  return isSpent ? [...ofLogin, spentChannel.channel] : ofLogin;
}

/** Addresses are decrypted only if a channel is known. One that cannot be read counts as used, because it cannot be compared. */
export function findSpentChannels(
  context: FlowContext,
  known: {
    readonly account: Account;
    readonly member: MemberRecord;
    readonly evidence: readonly Evidence[];
  },
): readonly string[] {
  const { account, member } = known;
  correctSpentChannel(context, member);
  const channels = channelsOf(context, known);
  if (channels.length === 0) return [];
  const spent = member.authenticators.filter(({ id, kind, sealedSecret }) => {
    if (channelOfKind(kind) !== 'email') return false;
    const binding = { userId: account.id, authenticatorId: id, kind };
    const opened = openSecret(context.keyRing, sealedSecret, binding);
    return opened.outcome !== 'opened' || isAmongChannels(context.keyRing, channels, opened.secret.reveal());
  });
  const onFile = account.email !== undefined && isAmongChannels(context.keyRing, channels, account.email);
  return [...spent.map(({ id }) => id), ...(onFile ? ON_FILE_BY_EMAIL : [])];
}

/** If a clock that was ahead recorded the reset, the address must not be excluded for longer than after any other. */
function correctSpentChannel(
  { clocks, clock, records, background }: FlowContext,
  member: MemberRecord,
): void {
  const { userId, spentChannel } = member;
  const now = clock.now();
  const life = SPENT_CHANNEL_SECONDS * 1000;
  if (spentChannel === null || isCredible(spentChannel.until - life, now)) return;
  clocks.note('password reset', spentChannel.until - life);
  const { channel } = spentChannel;
  background.run(`spent-channel:${userId}`, () =>
    records.noteSpentChannel(userId, { channel, until: now + life }),
  );
}
