import { hasEnded, isCredible } from '../clock';
import type { FactorKind } from './factor-kind';

/** The settings for one member of one organization. */
export interface MemberSettings {
  /** Required to use a second factor even if the policy only requires it of assigned members. */
  readonly enabled: boolean;
  readonly assignedKind: FactorKind | null;
  /** How often this member has skipped enrollment. */
  readonly skipsUsed: number;
  readonly exemption: Exemption | null;
}

/** A recorded exception from the second factor. PCI DSS 8.5.1 requires an author, a reason and an end. */
export interface Exemption {
  readonly reason: string;
  readonly grantedBy: string;
  readonly grantedAt: number;
  readonly until: number;
}

export const NO_MEMBER_SETTINGS: MemberSettings = {
  enabled: false,
  assignedKind: null,
  skipsUsed: 0,
  exemption: null,
};

export const LONGEST_EXEMPTION_SECONDS = 3660 * 86_400;

/** An exemption that was granted in the future, or ends later than the maximum duration allows, is not valid. */
export function isExempt(exemption: Exemption | null, now: number): boolean {
  if (exemption === null || !isCredible(exemption.grantedAt, now)) return false;
  return !hasEnded(exemption.until, LONGEST_EXEMPTION_SECONDS, now);
}
