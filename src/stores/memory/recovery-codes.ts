import type { RecordStore, RecoveryCodeSet } from '../record-store';
import { recordsOf, type UserRecords, type Users } from './user-records';

type Verbs = 'replaceRecoveryCodes' | 'findRecoveryCode' | 'consumeRecoveryCode';

/** Puts a set in the place of the one there was. */
export function replaceCodes(records: UserRecords, { codes, issuedAt }: RecoveryCodeSet): void {
  records.recoveryCodesIssuedAt = issuedAt;
  records.recoveryCodes.clear();
  for (const { number, codeHash } of codes) records.recoveryCodes.set(number, codeHash);
}

export function recoveryCodesIn(users: Users): Pick<RecordStore, Verbs> {
  return {
    async replaceRecoveryCodes(userId, codes, issuedAt) {
      replaceCodes(recordsOf(users, userId), { codes, issuedAt });
    },
    async findRecoveryCode(userId, number) {
      const codeHash = users.get(userId)?.recoveryCodes.get(number);
      return codeHash === undefined ? undefined : { number, codeHash };
    },
    async consumeRecoveryCode(userId, { number, codeHash }) {
      const records = users.get(userId);
      if (records === undefined || records.recoveryCodes.get(number) !== codeHash) return false;
      records.recoveryCodes.delete(number);
      records.guesses.delete('recovery-codes');
      return true;
    },
  };
}
