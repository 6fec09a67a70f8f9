import type { EnrollableKind } from '../../core/factor-kind';
import type { Policy } from '../../core/policy';
import type { Account } from '../../ports';
import type { FlowContext } from '../context';
import { deriveWarnings, EXEMPTION_NOTICE_MS } from './adoption-warnings';
import type { AdoptionWarning } from './adoption-warnings';
import { dayOf, rememberDay } from './daily-counts';
import { readMemberCounts } from './member-counts';
import { readGround, readMembers } from './read-members';

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

export type { AdoptionWarning };

export async function describeAdoption(
  context: FlowContext,
  asked: { readonly organizationId: string; readonly administrators: readonly Account[] },
): Promise<Adoption> {
  const { organizationId, administrators } = asked;
  const { records, clock } = context;
  const now = clock.now();
  const [{ counts, policy, walk }, [nextExemption], days, weaknesses, unprotected] = await Promise.all([
    readMemberCounts(context, organizationId),
    records.listIndex({ organizationId, index: 'exempt', above: now, limit: 1 }),
    records.listDailyCounts(organizationId),
    records.findWeaknesses(),
    administratorsWithoutFactor(context, administrators),
  ]);
  const ending = await records.countIndex({
    organizationId,
    index: 'exempt',
    above: now,
    below: now + EXEMPTION_NOTICE_MS,
  });
  const { smsOnly: _smsOnly, ...shown } = counts;
  const nextExemptionEndsAt = nextExemption?.mark ?? null;
  const underWay = walk === undefined || walk.finishedAt === null;
  if (!underWay) {
    context.background.run(`day:${organizationId}`, () => rememberDay(context, organizationId, counts));
  }
  return {
    policy,
    ...shown,
    nextExemptionEndsAt,
    counting: underWay ? { done: walk?.done ?? 0, of: walk?.of ?? null } : null,
    // What a clock ahead has counted is shown when its day has come.
    days: days.filter(({ day }) => day <= dayOf(now)),
    warnings: deriveWarnings({
      counts,
      policy,
      now,
      ending: { count: ending, nextEndsAt: nextExemptionEndsAt },
      unprotected,
      weaknesses,
    }),
  };
}

async function administratorsWithoutFactor(
  context: FlowContext,
  administrators: readonly Account[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    administrators.map(async (account) => {
      const { organizationId } = account;
      const ground = readGround(context, organizationId);
      const [member] = await readMembers(context, { organizationId, accounts: [account], ground });
      return member?.state.configured === false ? [account.name] : [];
    }),
  );
  return found.flat();
}
