import * as z from 'zod';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { parseRecoveryCode, verifyRecoveryCode, type RecoveryCode } from '../../core/proof/recovery-code';
import type { RecoveryCodeRecord } from '../../records/records';
import type { FactorDefinition } from '../factor';

/** What was typed, without the case and the separators. */
type TypedCode = Pick<RecoveryCode, 'number' | 'code'>;

/** Recovery codes. The number that leads a code selects its record, so that one try costs one hash. */
export const recoveryCode: FactorDefinition<TypedCode, RecoveryCodeRecord> = {
  traits: {
    kind: 'recovery-code',
    // It ranks with the strongest that can be guessed at: it is what is left to a person who lost the phone.
    rank: 3,
    // RFC 8176 has no value for a recovery code; it is a one-time password.
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

  /** Codes stand in a document of their own. */
  async accept({ userId, challenge }, record, { state, records }) {
    // The challenge first: where it is gone, the code is not lost with it.
    if (!(await state.consumeChallenge(challenge, challenge.id))) return false;
    return records.consumeRecoveryCode(userId, record);
  },
};
