import type { EnrollableKind } from '../../core/factor-kind';
import type { Policy } from '../../core/policy';
import type { Account } from '../../ports';
import type { FlowContext } from '../context';

/** How an organization stands, from counters and never by walking through its members. */
export interface Adoption {
  readonly policy: Policy;
  readonly members: number;
  /** With a factor. */
  readonly configured: number;
  readonly notConfigured: number;
  readonly byKind: Readonly<Record<EnrollableKind, number>>;
  readonly inGrace: number;
  readonly exempt: number;
  /** The exemption that ends next, if any. */
  readonly nextExemptionEndsAt: number | null;
  readonly locked: number;
  readonly federated: number;
  readonly noUsableContact: number;
  /** Members are still being counted for the first time: the numbers grow until it is done. */
  readonly counting: { readonly done: number; readonly of: number | null } | null;
  /** Oldest first, at most one a day, at most 400. */
  readonly days: readonly AdoptionDay[];
  readonly warnings: readonly AdoptionWarning[];
}

export interface AdoptionDay {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly members: number;
  readonly configured: number;
}

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

export async function describeAdoption(
  _context: FlowContext,
  _asked: { readonly organizationId: string; readonly administrators: readonly Account[] },
): Promise<Adoption> {
  throw new Error('This is not written yet.');
}
