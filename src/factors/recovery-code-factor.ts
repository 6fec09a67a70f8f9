import { formatRecoveryCode, parseRecoveryCode, verifyRecoveryCode } from '../core/proof/recovery-code';
import { isChallengeOver } from '../core/proof/sent-code';
import type { Factor, FactorContext, Verification } from './factor';

/** Recovery codes. The number that leads a code selects its record, so that one try costs one hash. */
export function createRecoveryCodeFactor({ records, state }: FactorContext): Factor {
  return {
    kind: 'recovery-code',
    group: 'recovery-codes',
    delivered: false,

    parse(submitted) {
      const parsed = parseRecoveryCode(submitted);
      return parsed === null ? null : formatRecoveryCode(parsed);
    },

    async verify({ userId, challenge, submitted, now }): Promise<Verification> {
      if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
      const parsed = parseRecoveryCode(submitted);
      if (parsed === null) return { outcome: 'rejected', because: 'wrong-code' };
      const code = await records.findRecoveryCode(userId, parsed.number);
      if (code === undefined || !(await verifyRecoveryCode(parsed.code, code.codeHash))) {
        return { outcome: 'rejected', because: 'wrong-code' };
      }
      return { outcome: 'verified', proof: { kind: 'recovery-code', code } };
    },

    async accept({ userId, challenge }, proof) {
      if (proof.kind !== 'recovery-code') return false;
      // The challenge first: where it is gone, the code is not lost with it.
      if (!(await state.consumeChallenge(challenge, challenge.id))) return false;
      return records.consumeRecoveryCode(userId, proof.code);
    },
  };
}
