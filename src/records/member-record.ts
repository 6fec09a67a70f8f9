import { guessesOf, settingsOf, type MemberDocument } from '../core/member/member-document';
import { CHANNELS, RECOVERY_CODES_GROUP } from '../core/member/factor-kind';
import { NO_USE } from '../core/member/authenticator';
import type { MemberRecord } from './records';

const NO_USES = Object.fromEntries(CHANNELS.map((kind) => [kind, NO_USE]));

/** The part of the document that a decision in one organization needs. */
export function toMemberRecord(member: MemberDocument, userId: string, organizationId: string): MemberRecord {
  return {
    userId,
    organizationId,
    epoch: member.epoch,
    sessionsEndedAt: member.sessionsEndedAt,
    ...(member.passwordChangedAt === undefined ? {} : { passwordChangedAt: member.passwordChangedAt }),
    settings: settingsOf(member, organizationId),
    authenticators: member.authenticators,
    askedFirst: member.preferredId,
    recoveryCodesLeft: member.recoveryCodes?.left ?? 0,
    recoveryCodesIssuedAt: member.recoveryCodes?.issuedAt ?? null,
    guesses: {
      codes: guessesOf(member, 'codes'),
      [RECOVERY_CODES_GROUP]: guessesOf(member, RECOVERY_CODES_GROUP),
    },
    onFile: { ...NO_USES, ...member.onFile },
    spentChannel: member.spentChannel,
  };
}
