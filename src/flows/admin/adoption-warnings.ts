import type { Policy } from '../../core/policy';
import type { MemberCounts } from './member-counts';

export type AdoptionWarning =
  | { readonly because: 'administrators-without-factor'; readonly names: readonly string[] }
  | { readonly because: 'exemptions-ending'; readonly count: number; readonly nextEndsAt: number }
  | { readonly because: 'members-locked'; readonly count: number }
  /** More members have text messages than an authenticator app or email. */
  | { readonly because: 'sms-only-members'; readonly count: number }
  /** Grace ends within 14 days and members have nothing yet. */
  | { readonly because: 'grace-ending'; readonly graceUntil: number; readonly count: number }
  | { readonly because: 'no-usable-contact'; readonly count: number }
  /** One sentence each, with the fix, as the record store says it. */
  | { readonly because: 'records-weakness'; readonly sentence: string };

const DAY_MS = 86_400_000;
/** How long before an exemption ends it is worth a warning. */
export const EXEMPTION_NOTICE_MS = 7 * DAY_MS;
const GRACE_NOTICE_MS = 14 * DAY_MS;

/** What an administrator should do something about; nothing that is merely true. */
export function deriveWarnings(found: {
  readonly counts: MemberCounts;
  readonly policy: Policy;
  readonly now: number;
  readonly ending: { readonly count: number; readonly nextEndsAt: number | null };
  readonly unprotected: readonly string[];
  readonly weaknesses: readonly string[];
}): readonly AdoptionWarning[] {
  const { counts, policy, now, ending, unprotected, weaknesses } = found;
  const warnings: AdoptionWarning[] = [];
  if (unprotected.length > 0) warnings.push({ because: 'administrators-without-factor', names: unprotected });
  if (counts.locked > 0) warnings.push({ because: 'members-locked', count: counts.locked });
  if (ending.count > 0 && ending.nextEndsAt !== null) {
    warnings.push({ because: 'exemptions-ending', count: ending.count, nextEndsAt: ending.nextEndsAt });
  }
  if (counts.smsOnly > 0) warnings.push({ because: 'sms-only-members', count: counts.smsOnly });
  const { graceUntil } = policy;
  const graceEnds = policy.enabled && policy.enrollment === 'required' && graceUntil !== null;
  if (graceEnds && now < graceUntil && graceUntil < now + GRACE_NOTICE_MS && counts.inGrace > 0) {
    warnings.push({ because: 'grace-ending', graceUntil, count: counts.inGrace });
  }
  if (policy.enabled && counts.noUsableContact > 0) {
    warnings.push({ because: 'no-usable-contact', count: counts.noUsableContact });
  }
  for (const sentence of weaknesses) warnings.push({ because: 'records-weakness', sentence });
  return warnings;
}
