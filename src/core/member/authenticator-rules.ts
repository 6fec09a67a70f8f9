import { MOST_AUTHENTICATORS, type Authenticator } from './authenticator';
import { RECOVERY_CODES_GROUP } from './factor-kind';
import { changeAuthenticator, findAuthenticator, type Changed, type MemberDocument } from './member-document';

/** What an enrollment was judged on. */
export interface BindingGround {
  readonly epoch: string;
  readonly authenticators: number;
}

/** Adds a confirmed authenticator. The one that it replaces goes, and the new one is preferred where the old one was. */
export function addAuthenticator(
  member: MemberDocument,
  authenticator: Authenticator,
  replaces?: string,
): MemberDocument {
  const others = member.authenticators.filter(({ id }) => id !== replaces && id !== authenticator.id);
  const isPreferred = replaces !== undefined && member.preferredId === replaces;
  return {
    ...member,
    authenticators: [...others, authenticator].toSorted(byAge),
    preferredId: isPreferred ? authenticator.id : member.preferredId,
  };
}

function byAge(one: Authenticator, other: Authenticator): number {
  if (one.createdAt !== other.createdAt) return one.createdAt - other.createdAt;
  return one.id < other.id ? -1 : 1;
}

/** The same for one that was proven just now. False where anything changed since its owner was judged. */
export function bindAuthenticator(
  member: MemberDocument,
  authenticator: Authenticator,
  binding: { readonly replaces?: string; readonly expected: BindingGround },
): Changed<MemberDocument, boolean> {
  const { replaces, expected } = binding;
  if (member.epoch !== expected.epoch || member.authenticators.length !== expected.authenticators)
    return { next: member, outcome: false };
  return { next: addAuthenticator(member, authenticator, replaces), outcome: true };
}

/** A name that no other authenticator has: `Phone`, `Phone 2`. */
export function freeLabel(label: string, others: readonly Pick<Authenticator, 'label'>[]): string {
  const taken = new Set(others.map((other) => other.label));
  const names = [label, ...others.map((_, index) => `${label} ${index + 2}`)];
  return names.find((name) => !taken.has(name)) ?? label;
}

export type ImportOutcome =
  | 'imported'
  | 'already-imported'
  /** The person set one of this kind up here, which an import must not stand beside. */
  | 'has-authenticator'
  | 'too-many-authenticators';

/** Adds one from another system, once for each `ref`, and not again after it was removed. A dry run only says what would happen. */
export function importAuthenticator(
  member: MemberDocument,
  authenticator: Authenticator,
  { ref, dryRun }: { readonly ref: string; readonly dryRun: boolean },
): Changed<MemberDocument, ImportOutcome> {
  const { imported, authenticators } = member;
  const unchanged = (outcome: ImportOutcome) => ({ next: member, outcome });
  if (imported.some((one) => one.ref === ref)) return unchanged('already-imported');
  const isImported = ({ id }: Authenticator) => imported.some((one) => one.authenticatorId === id);
  if (authenticators.some((one) => one.kind === authenticator.kind && !isImported(one)))
    return unchanged('has-authenticator');
  if (Math.max(authenticators.length, imported.length) >= MOST_AUTHENTICATORS)
    return unchanged('too-many-authenticators');
  if (dryRun) return unchanged('imported');
  const next = {
    ...addAuthenticator(member, authenticator),
    imported: [...imported, { ref, authenticatorId: authenticator.id }],
  };
  return { next, outcome: 'imported' };
}

export function renameAuthenticator(
  member: MemberDocument,
  id: string,
  label: string,
): Changed<MemberDocument, boolean> {
  const found = findAuthenticator(member, id);
  if (found === undefined) return { next: member, outcome: false };
  return { next: changeAuthenticator(member, id, { label }), outcome: true };
}

/** Seals a secret again. False if `expected` is no longer what is stored. */
export function resealAuthenticator(
  member: MemberDocument,
  id: string,
  seal: { readonly expected: string; readonly sealed: string },
): Changed<MemberDocument, boolean> {
  if (findAuthenticator(member, id)?.sealedSecret !== seal.expected) return { next: member, outcome: false };
  return { next: changeAuthenticator(member, id, { sealedSecret: seal.sealed }), outcome: true };
}

export function preferAuthenticator(member: MemberDocument, id: string): Changed<MemberDocument, boolean> {
  if (findAuthenticator(member, id) === undefined) return { next: member, outcome: false };
  return { next: member.preferredId === id ? member : { ...member, preferredId: id }, outcome: true };
}

/** `last-factor`: none of those is there of which one has to stay. */
export type AuthenticatorRemoval = 'removed' | 'no-authenticator' | 'last-factor';

/** Removes one; with the last one go the recovery codes and the counts. With `keepOneOf`, only where one of these is there. */
export function removeAuthenticator(
  member: MemberDocument,
  id: string,
  keepOneOf?: readonly string[],
): Changed<MemberDocument, AuthenticatorRemoval> {
  if (findAuthenticator(member, id) === undefined) return { next: member, outcome: 'no-authenticator' };
  const isKept =
    keepOneOf === undefined || keepOneOf.some((one) => findAuthenticator(member, one) !== undefined);
  if (!isKept) return { next: member, outcome: 'last-factor' };
  const authenticators = member.authenticators.filter((one) => one.id !== id);
  const preferredId = member.preferredId === id ? null : member.preferredId;
  const left = { ...member, authenticators, preferredId };
  return { next: authenticators.length === 0 ? forgetFactors(left) : left, outcome: 'removed' };
}

/** Removes every authenticator, count and use of an address on file; answers how many authenticators there were. */
export function removeAllAuthenticators(member: MemberDocument): Changed<MemberDocument, number> {
  const outcome = member.authenticators.length;
  return { next: { ...forgetFactors(member), authenticators: [], onFile: {} }, outcome };
}

/** What goes with the last authenticator. */
function forgetFactors(member: MemberDocument): MemberDocument {
  return { ...member, preferredId: null, recoveryCodes: null, guesses: {} };
}

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
