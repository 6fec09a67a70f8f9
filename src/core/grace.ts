import type { MemberSettings } from './member';
import type { Policy } from './policy';

/** Whether enrollment may be put off, worked out when it is asked, so that a tighter policy holds at once. */
export type Grace =
  | { readonly skippable: false }
  | { readonly skippable: true; readonly graceUntil?: number; readonly skipsLeft?: number };

/**
 * The date and the count hold together: enrollment is due at whichever comes first. A required policy with neither
 * has no grace; an optional one with neither can be put off for ever.
 */
export function deriveGrace(policy: Policy, member: MemberSettings, now: number): Grace {
  if (policy.enrollment === 'assigned' || member.enabled) return { skippable: false };
  const { graceUntil, skips } = policy;
  if (policy.enrollment === 'required' && graceUntil === null && skips === null) return { skippable: false };
  if (graceUntil !== null && now >= graceUntil) return { skippable: false };
  if (skips !== null && member.skipsUsed >= skips) return { skippable: false };
  return {
    skippable: true,
    ...(graceUntil === null ? {} : { graceUntil }),
    ...(skips === null ? {} : { skipsLeft: skips - member.skipsUsed }),
  };
}

/** Whether a skip made in this session still holds: the count was paid for then, the date is judged again. */
export function doesSkipHold(policy: Policy, member: MemberSettings, now: number): boolean {
  return (
    deriveGrace({ ...policy, skips: null, enrollment: 'optional' }, member, now).skippable &&
    (policy.enrollment === 'optional' || policy.graceUntil !== null || policy.skips !== null)
  );
}
