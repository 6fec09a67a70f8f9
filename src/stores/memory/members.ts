import { NO_MEMBER_SETTINGS, type MemberSettings } from '../../core/member/member';
import type { RecordStore } from '../record-store';
import { recordsOf, toMemberRecord, type Users } from './user-records';

type Verbs =
  | 'findMember'
  | 'findMembers'
  | 'establishUserEpoch'
  | 'replaceUserEpoch'
  | 'renewUserEpoch'
  | 'noteSessionsEnded'
  | 'noteSpentChannel'
  | 'saveMemberSettings'
  | 'saveExemption'
  | 'spendSkip';

export function membersIn(users: Users): Pick<RecordStore, Verbs> {
  function change(userId: string, organizationId: string, changes: Partial<MemberSettings>): void {
    const { settings } = recordsOf(users, userId);
    settings.set(organizationId, { ...(settings.get(organizationId) ?? NO_MEMBER_SETTINGS), ...changes });
  }

  return {
    async findMember(userId, organizationId) {
      return toMemberRecord(users, userId, organizationId);
    },
    async findMembers(userIds, organizationId) {
      return userIds.map((userId) => toMemberRecord(users, userId, organizationId));
    },
    async establishUserEpoch(userId, candidate) {
      const records = recordsOf(users, userId);
      records.epoch ??= candidate;
      return records.epoch;
    },
    async replaceUserEpoch(userId, { epoch, endedAt }) {
      Object.assign(recordsOf(users, userId), { epoch, sessionsEndedAt: endedAt });
    },
    async renewUserEpoch(userId, { expected, epoch, endedAt }) {
      const records = users.get(userId);
      if (records?.epoch !== expected) return false;
      Object.assign(records, { epoch, sessionsEndedAt: endedAt });
      return true;
    },
    async noteSessionsEnded(userId, endedAt) {
      recordsOf(users, userId).sessionsEndedAt = endedAt;
    },
    async noteSpentChannel(userId, spent) {
      recordsOf(users, userId).spentChannel = { ...spent };
    },
    async saveMemberSettings(userId, organizationId, { enabled, assignedKind }, options) {
      const before = users.get(userId)?.settings.get(organizationId);
      change(userId, organizationId, { enabled, assignedKind });
      if (options?.keepsCounts === true) return;
      if (before?.enabled === enabled && before.assignedKind === assignedKind) return;
      const { onFile } = recordsOf(users, userId);
      for (const [kind, use] of onFile) onFile.set(kind, { ...use, failures: 0, disabledAt: null });
    },
    async saveExemption(userId, organizationId, exemption) {
      change(userId, organizationId, { exemption: exemption === null ? null : { ...exemption } });
    },
    async spendSkip(userId, organizationId, limit) {
      const used = users.get(userId)?.settings.get(organizationId)?.skipsUsed ?? 0;
      if (limit !== null && used >= limit) return { outcome: 'exhausted' };
      change(userId, organizationId, { skipsUsed: used + 1 });
      return { outcome: 'spent', skipsUsed: used + 1 };
    },
  };
}
