import type { RecordStore } from '../record-store';
import { recordsOf, type Users } from './user-records';

type Verbs = 'replaceRecoveryCodes' | 'findRecoveryCode' | 'consumeRecoveryCode';

export function recoveryCodesIn(users: Users): Pick<RecordStore, Verbs> {
  return {
    async replaceRecoveryCodes(userId, codes, issuedAt) {
      const records = recordsOf(users, userId);
      const { recoveryCodes } = records;
      records.recoveryCodesIssuedAt = issuedAt;
      recoveryCodes.clear();
      for (const { number, codeHash } of codes) recoveryCodes.set(number, codeHash);
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
