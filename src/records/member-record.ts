import { guessesOf, settingsOf, useOf, type MemberDocument } from '../core/member/member-document';
import type { MemberRecord } from '../stores/record-store';

/** The document as a decision in one organization sees it. */
export function toMemberRecord(member: MemberDocument, userId: string, organizationId: string): MemberRecord {
  return {
    userId,
    organizationId,
    epoch: member.epoch,
    sessionsEndedAt: member.sessionsEndedAt,
    settings: settingsOf(member, organizationId),
    authenticators: member.authenticators,
    askedFirst: member.preferredId,
    recoveryCodesLeft: member.recoveryCodes?.left ?? 0,
    recoveryCodesIssuedAt: member.recoveryCodes?.issuedAt ?? null,
    guesses: { codes: guessesOf(member, 'codes'), 'recovery-codes': guessesOf(member, 'recovery-codes') },
    onFile: { email: useOf(member, 'email'), sms: useOf(member, 'sms') },
    spentChannel: member.spentChannel,
  };
}
