import type { EnrollableKind } from '../../core/factor-kind';

type Place =
  | 'choose'
  | 'install'
  | 'phone'
  | 'phone-code'
  | 'scan'
  | 'address'
  | 'address-code'
  | 'recovery-codes'
  | 'done';

const APP: readonly Place[] = ['choose', 'install', 'scan', 'recovery-codes', 'done'];
const APP_WITH_PHONE: readonly Place[] = [
  'choose',
  'install',
  'phone',
  'phone-code',
  'scan',
  'recovery-codes',
  'done',
];
const ADDRESS: readonly Place[] = ['choose', 'address', 'address-code', 'recovery-codes', 'done'];

/** `Step 3 of 5`. */
export function progressAt(
  place: Place,
  wizard: { readonly kind: EnrollableKind; readonly backupPhone: boolean },
): { readonly step: number; readonly of: number } | null {
  const app = wizard.backupPhone ? APP_WITH_PHONE : APP;
  const places = wizard.kind === 'totp' ? app : ADDRESS;
  const index = places.indexOf(place);
  return index < 0 ? null : { step: index + 1, of: places.length };
}
