import { RECOVERY_CODES_GROUP } from './factor-kind';
import type { Changed, MemberDocument } from './member-document';

/** A recovery code as stored: its number selects it, so that one try costs one hash. */
export interface RecoveryCodeRecord {
  readonly number: number;
  readonly codeHash: string;
}

/** The hashes of one user's codes. The member document, which every decision reads, says how many are left. */
export interface RecoveryCodesDocument {
  readonly codes: readonly RecoveryCodeRecord[];
}

export const NO_RECOVERY_CODES: RecoveryCodesDocument = { codes: [] };

export interface RecoveryCodeSet {
  readonly codes: readonly RecoveryCodeRecord[];
  readonly issuedAt: number;
}

/** Both documents, written together. */
export interface WithRecoveryCodes {
  readonly member: MemberDocument;
  readonly codes: RecoveryCodesDocument;
}

/** Puts a set in the place of the one there was. */
export function replaceRecoveryCodes(
  { member, codes: before }: WithRecoveryCodes,
  { codes, issuedAt }: RecoveryCodeSet,
): WithRecoveryCodes {
  return {
    member: { ...member, recoveryCodes: { left: codes.length, issuedAt } },
    codes: { ...before, codes },
  };
}

/**
 * The same for a person in a session, on the ground that was judged: false where their sessions ended meanwhile, or nothing is left
 * that the codes would stand in for.
 */
export function renewRecoveryCodes(
  given: WithRecoveryCodes,
  set: RecoveryCodeSet,
  expectedEpoch: string,
): Changed<WithRecoveryCodes, boolean> {
  const { member } = given;
  if (member.epoch !== expectedEpoch || member.authenticators.length === 0)
    return { next: given, outcome: false };
  return { next: replaceRecoveryCodes(given, set), outcome: true };
}

/** Uses a code up, once, and ends the count of wrong ones. False where it is no longer that one. */
export function consumeRecoveryCode(
  given: WithRecoveryCodes,
  { number, codeHash }: RecoveryCodeRecord,
): Changed<WithRecoveryCodes, boolean> {
  const { member, codes } = given;
  const isThere = codes.codes.some((code) => code.number === number && code.codeHash === codeHash);
  if (!isThere || member.recoveryCodes === null) return { next: given, outcome: false };
  const left = codes.codes.filter((code) => code.number !== number);
  const { [RECOVERY_CODES_GROUP]: _, ...guesses } = member.guesses;
  return {
    next: {
      member: { ...member, guesses, recoveryCodes: { ...member.recoveryCodes, left: left.length } },
      codes: { ...codes, codes: left },
    },
    outcome: true,
  };
}
