import { hasEnded, isCredible } from '../clock';
import type { FactorKind } from './factor-kind';

/** What an administrator set for one member of one organization. */
export interface MemberSettings {
  /** Asked for a second factor even where the policy only asks assigned members. */
  readonly enabled: boolean;
  readonly assignedKind: FactorKind | null;
  /** How often this member has put enrollment off. */
  readonly skipsUsed: number;
  readonly exemption: Exemption | null;
}

/** A recorded reason to allow without a challenge. PCI DSS 8.5.1 asks for author, reason and end. */
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

/** The longest that one can be granted for. */
export const LONGEST_EXEMPTION_SECONDS = 3660 * 86_400;

/** Not yet where it was granted in the future, and never for longer than one can be granted for. */
export function isExempt(exemption: Exemption | null, now: number): boolean {
  if (exemption === null || !isCredible(exemption.grantedAt, now)) return false;
  return !hasEnded(exemption.until, LONGEST_EXEMPTION_SECONDS, now);
}
