import { onFileId } from './factor-kind';
import type { DeliveredKind, FactorKind } from './factor-kind';

/** The addresses that the host has on file now. */
export interface AddressesOnFile {
  readonly email?: string;
  readonly phone?: string;
}

/**
 * The address on file that a code went to, as it stands now: where the host changes it, codes that went to the old one are
 * worth nothing. Null for an enrolled address, which never changes; another one is another authenticator.
 */
export function addressOnFile(
  sent: {
    readonly kind: FactorKind;
    readonly authenticatorId: string;
    readonly sentBy: DeliveredKind;
  },
  { email, phone }: AddressesOnFile,
): string | null {
  const { kind, authenticatorId, sentBy } = sent;
  const fellBack = kind === 'sms' && sentBy === 'email';
  if (fellBack || authenticatorId === onFileId('email')) return email ?? '';
  return authenticatorId === onFileId('sms') ? (phone ?? '') : null;
}
