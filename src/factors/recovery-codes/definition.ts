import * as z from 'zod';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { parseRecoveryCode, verifyRecoveryCode, type RecoveryCode } from '../../core/proof/recovery-code';
import type { RecoveryCodeRecord } from '../../records/records';
import type { FactorDefinition } from '../factor';

type TypedCode = Pick<RecoveryCode, 'number' | 'code'>;

/** Recovery codes. The number at the start of a code selects its record, so that only one hash is computed per attempt. */
export const recoveryCode: FactorDefinition<TypedCode, RecoveryCodeRecord> = {
  traits: {
    kind: 'recovery-code',
    // The highest rank of a factor that can be guessed: a person who lost their phone has nothing else.
    rank: 3,
    // RFC 8176 has no value for a recovery code, so use the one for one-time passwords.
    amr: 'otp',
    assuranceLevel: 2,
    phishingResistant: false,
    channel: null,
    enrollable: false,
    worksOnFile: false,
    restricted: false,
    guessGroup: 'recovery-codes',
    askedTogether: false,
  },
  views: { icon: 'sheet', before: null, prompt: null, setUp: null, digits: false },
  field: 'code',
  stateSchema: z.looseObject({}),
  enrollment: null,
  challenge: null,
  available: () => true,
  parse: parseRecoveryCode,

  async verify({ userId, challenge, submitted, now }, { records }) {
    if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
    const record = await records.findRecoveryCode(userId, submitted.number);
    if (record === undefined || !(await verifyRecoveryCode(submitted.code, record.codeHash)))
      return { outcome: 'rejected', because: 'wrong-code' };
    return { outcome: 'verified', proof: record };
  },

  afterProof: (state) => state,

  /** Recovery codes have their own document. */
  async accept({ userId, challenge }, record, { state, records }) {
    // Use up the challenge first: if that fails, the code is not lost.
    if (!(await state.consumeChallenge(challenge, challenge.id))) return false;
    return records.consumeRecoveryCode(userId, record);
  },
};
