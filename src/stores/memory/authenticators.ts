import type { Authenticator } from '../../core/authenticator';
import type { RecordStore } from '../record-store';
import { recordsOf, type Users } from './user-records';

type Verbs =
  | 'addAuthenticator'
  | 'renameAuthenticator'
  | 'resealAuthenticator'
  | 'removeAuthenticator'
  | 'removeAllAuthenticators';

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
      const { authenticators } = recordsOf(users, userId);
      if (replaces !== undefined) authenticators.delete(replaces);
      authenticators.set(authenticator.id, { ...authenticator });
    },
    async renameAuthenticator(userId, authenticatorId, label) {
      return change(userId, authenticatorId, { label });
    },
    async resealAuthenticator(userId, authenticatorId, { expected, sealed }) {
      const current = users.get(userId)?.authenticators.get(authenticatorId);
      return current?.sealedSecret === expected && change(userId, authenticatorId, { sealedSecret: sealed });
    },
    async removeAuthenticator(userId, authenticatorId) {
      const records = users.get(userId);
      if (records === undefined || !records.authenticators.delete(authenticatorId)) return false;
      if (records.authenticators.size === 0) {
        records.recoveryCodes.clear();
        records.guesses.clear();
      }
      return true;
    },
    async removeAllAuthenticators(userId) {
      const records = users.get(userId);
      if (records === undefined) return 0;
      const removed = records.authenticators.size;
      records.authenticators.clear();
      records.recoveryCodes.clear();
      records.guesses.clear();
      return removed;
    },
  };
}
