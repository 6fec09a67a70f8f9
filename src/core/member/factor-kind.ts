/** A kind of second factor. `recovery-code` stands in for the others; it is never enrolled on its own. */
export type FactorKind = 'totp' | 'email' | 'sms' | 'recovery-code';

/** The kinds a person can enroll and an organization can allow. */
export type EnrollableKind = Exclude<FactorKind, 'recovery-code'>;

/** The kinds whose code travels to an address. */
export type DeliveredKind = 'email' | 'sms';

/** Every enrollable kind, in the order in which they are offered. */
export const ENROLLABLE_KINDS: readonly EnrollableKind[] = ['totp', 'sms', 'email'];

export function isEnrollableKind(value: unknown): value is EnrollableKind {
  return value === 'totp' || value === 'email' || value === 'sms';
}

export function isDeliveredKind(value: unknown): value is DeliveredKind {
  return value === 'email' || value === 'sms';
}

/** The authenticator id that stands for the whole set of recovery codes. */
export const RECOVERY_CODES_ID = 'recovery-codes';

/** The authenticator id of an address that the host has on file, used where an administrator assigned that kind. */
export function onFileId(kind: DeliveredKind): string {
  return `on-file-${kind}`;
}

/** The delivered kind whose address on file an id stands for, or null for every other id. */
export function onFileKind(authenticatorId: string): DeliveredKind | null {
  if (authenticatorId === onFileId('email')) return 'email';
  return authenticatorId === onFileId('sms') ? 'sms' : null;
}
