import { isDeliveredKind, onFileId } from './factor-kind';
import type { Facts } from './facts';
import { enrollableKinds, provableFactors } from './usable-factors';

/** What must still be there for an authenticator to be removed. */
export type RemovalLeave =
  /** `keepOneOf`: one of these has to stay; null where none has to. */
  | { readonly outcome: 'removable'; readonly keepOneOf: readonly string[] | null }
  | { readonly outcome: 'last-factor' };

/** Under a required policy, and where an administrator switched MFA on, the last factor that works is replaced, not removed. */
export function mayRemoveFactor(facts: Facts, authenticatorId: string): RemovalLeave {
  if (facts.policy.enrollment !== 'required' && !facts.member.enabled)
    return { outcome: 'removable', keepOneOf: null };
  const authenticators = facts.authenticators.filter(({ id }) => id !== authenticatorId);
  const wanted = enrollableKinds(facts);
  const left = provableFactors({ ...facts, authenticators, spentChannels: [] })
    .filter(({ kind }) => wanted.some((want) => want === kind))
    .map((option) => option.authenticatorId);
  if (left.length === 0) return { outcome: 'last-factor' };
  const onFile = left.some((id) =>
    ['email', 'sms'].some((kind) => isDeliveredKind(kind) && id === onFileId(kind)),
  );
  return { outcome: 'removable', keepOneOf: onFile ? null : left };
}
