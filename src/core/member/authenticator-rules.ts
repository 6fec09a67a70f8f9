import { MOST_AUTHENTICATORS, type Authenticator } from './authenticator';
import { RECOVERY_CODES_GROUP } from './factor-kind';
import { changeAuthenticator, findAuthenticator, type Changed, type MemberDocument } from './member-document';

/** The state of the member when the enrollment was authorized. */
export interface ExpectedMember {
  readonly epoch: string;
  readonly authenticators: number;
}

/** Adds a confirmed authenticator. If it replaces a preferred one, it becomes the preferred one. */
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

/** Adds an authenticator that was just proven. False if the member changed since the enrollment was authorized. */
export function bindAuthenticator(
  member: MemberDocument,
  authenticator: Authenticator,
  binding: { readonly replaces?: string; readonly expected: ExpectedMember },
): Changed<MemberDocument, boolean> {
  const { replaces, expected } = binding;
  if (member.epoch !== expected.epoch || member.authenticators.length !== expected.authenticators)
    return { next: member, outcome: false };
  return { next: addAuthenticator(member, authenticator, replaces), outcome: true };
}

/** A label that no other authenticator has: `Phone`, `Phone 2`. */
export function freeLabel(label: string, others: readonly Pick<Authenticator, 'label'>[]): string {
  const taken = new Set(others.map((other) => other.label));
  const names = [label, ...others.map((_, index) => `${label} ${index + 2}`)];
  return names.find((name) => !taken.has(name)) ?? label;
}

export type ImportOutcome =
  | 'imported'
  | 'already-imported'
  /** The person has already set up one of this kind here, so nothing is imported. */
  | 'has-authenticator'
  | 'too-many-authenticators';

/** Once per `ref`: one that was removed is not added again. */
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

/** `last-factor`: none of the authenticators in `keepOneOf` exists. */
export type AuthenticatorRemoval = 'removed' | 'no-authenticator' | 'last-factor';

/** The last one takes recovery codes and guess counts with it. With `keepOneOf`, one of these authenticators must exist. */
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

export function removeAllAuthenticators(member: MemberDocument): Changed<MemberDocument, number> {
  const outcome = member.authenticators.length;
  return { next: { ...forgetFactors(member), authenticators: [], onFile: {} }, outcome };
}

function forgetFactors(member: MemberDocument): MemberDocument {
  return { ...member, preferredId: null, recoveryCodes: null, guesses: {} };
}

/** A stored recovery code. A submitted code includes the number, so only one hash is computed per attempt. */
export interface RecoveryCodeRecord {
  readonly number: number;
  readonly codeHash: string;
}

/** The hashes of one user's codes. How many are left is in the member document, which every decision reads. */
export interface RecoveryCodesDocument {
  readonly codes: readonly RecoveryCodeRecord[];
}

export const NO_RECOVERY_CODES: RecoveryCodesDocument = { codes: [] };

export interface RecoveryCodeSet {
  readonly codes: readonly RecoveryCodeRecord[];
  readonly issuedAt: number;
}

export interface WithRecoveryCodes {
  readonly member: MemberDocument;
  readonly codes: RecoveryCodesDocument;
}

export function replaceRecoveryCodes(
  { member, codes: before }: WithRecoveryCodes,
  { codes, issuedAt }: RecoveryCodeSet,
): WithRecoveryCodes {
  return {
    member: { ...member, recoveryCodes: { left: codes.length, issuedAt } },
    codes: { ...before, codes },
  };
}

/** False if the sessions ended since the request was authorized, or no authenticator is left that the codes could replace. */
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

/** Uses up a code, once, and clears the count of wrong ones. False if the stored code is no longer this one. */
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
