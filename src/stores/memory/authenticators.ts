import type { Authenticator } from '../../core/member/authenticator';
import type { RecordStore } from '../record-store';
import { replaceCodes } from './recovery-codes';
import { recordsOf, type UserRecords, type Users } from './user-records';

type Verbs =
  | 'addAuthenticator'
  | 'bindAuthenticator'
  | 'renameAuthenticator'
  | 'resealAuthenticator'
  | 'savePreference'
  | 'removeAuthenticator'
  | 'removeAllAuthenticators';

/** What goes with the last authenticator. */
function forgetFactors(records: UserRecords): void {
  records.askedFirst = null;
  records.recoveryCodes.clear();
  records.recoveryCodesIssuedAt = null;
  records.guesses.clear();
}

function add(records: UserRecords, authenticator: Authenticator, replaces: string | undefined): void {
  const { authenticators } = records;
  if (replaces !== undefined) {
    authenticators.delete(replaces);
    records.refusedSteps.delete(replaces);
    if (records.askedFirst === replaces) records.askedFirst = authenticator.id;
  }
  authenticators.set(authenticator.id, { ...authenticator });
}

export function authenticatorsIn(users: Users): Pick<RecordStore, Verbs> {
  function change(userId: string, authenticatorId: string, changes: Partial<Authenticator>): boolean {
    const authenticators = users.get(userId)?.authenticators;
    const current = authenticators?.get(authenticatorId);
    if (authenticators === undefined || current === undefined) return false;
    authenticators.set(authenticatorId, { ...current, ...changes });
    return true;
  }

  return {
    async addAuthenticator(userId, authenticator, replaces) {
      add(recordsOf(users, userId), authenticator, replaces);
    },
    async bindAuthenticator(userId, authenticator, { replaces, expected, recoveryCodes }) {
      const records = users.get(userId);
      if (records?.epoch !== expected.epoch) return false;
      if (records.authenticators.size !== expected.authenticators) return false;
      add(records, authenticator, replaces);
      if (recoveryCodes !== undefined) replaceCodes(records, recoveryCodes);
      return true;
    },
    async renameAuthenticator(userId, authenticatorId, label) {
      return change(userId, authenticatorId, { label });
    },
    async resealAuthenticator(userId, authenticatorId, { expected, sealed }) {
      const current = users.get(userId)?.authenticators.get(authenticatorId);
      return current?.sealedSecret === expected && change(userId, authenticatorId, { sealedSecret: sealed });
    },
    async savePreference(userId, authenticatorId) {
      const records = users.get(userId);
      if (records === undefined || !records.authenticators.has(authenticatorId)) return false;
      records.askedFirst = authenticatorId;
      return true;
    },
    async removeAuthenticator(userId, authenticatorId, keepOneOf) {
      const records = users.get(userId);
      if (records === undefined) return false;
      const { authenticators } = records;
      if (keepOneOf !== undefined && !keepOneOf.some((id) => authenticators.has(id))) return false;
      if (!authenticators.delete(authenticatorId)) return false;
      records.refusedSteps.delete(authenticatorId);
      if (records.askedFirst === authenticatorId) records.askedFirst = null;
      if (authenticators.size === 0) forgetFactors(records);
      return true;
    },
    async removeAllAuthenticators(userId) {
      const records = users.get(userId);
      if (records === undefined) return 0;
      const removed = records.authenticators.size;
      records.authenticators.clear();
      records.refusedSteps.clear();
      records.onFile.clear();
      records.browsers.clear();
      forgetFactors(records);
      return removed;
    },
  };
}
