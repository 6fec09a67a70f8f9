import type { FactorKind } from '../../core/member/factor-kind';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { FlowContext } from '../context/context';
import { readMemberCounts, type MemberCounts } from './member-index';
import { readMembers, readPolicyContext } from './read-members';

export type AdoptionWarning =
  | { readonly because: 'administrators-without-factor'; readonly names: readonly string[] }
  | { readonly because: 'exemptions-ending'; readonly count: number; readonly nextEndsAt: number }
  | { readonly because: 'members-locked'; readonly count: number }
  /** More members have text messages than an authenticator app or email. */
  | { readonly because: 'sms-only-members'; readonly count: number }
  /** The grace period ends within 14 days, and some members have no factor yet. */
  | { readonly because: 'grace-ending'; readonly graceUntil: number; readonly count: number }
  | { readonly because: 'no-usable-contact'; readonly count: number }
  /** A sentence from the record store that names the problem and the fix. */
  | { readonly because: 'records-weakness'; readonly sentence: string };

const DAY_MS = 86_400_000;
/** An exemption that ends within this time is worth a warning. */
export const EXEMPTION_NOTICE_MS = 7 * DAY_MS;
const GRACE_NOTICE_MS = 14 * DAY_MS;

/** Only problems that an administrator can fix. */
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

/** The state of an organization, from counters: members are never read one by one. */
export interface Adoption {
  readonly policy: Policy;
  readonly members: number;
  /** With a factor. */
  readonly configured: number;
  readonly notConfigured: number;
  readonly byKind: Readonly<Record<FactorKind, number>>;
  readonly inGrace: number;
  readonly exempt: number;
  /** The exemption that ends next, if any. */
  readonly nextExemptionEndsAt: number | null;
  readonly locked: number;
  readonly federated: number;
  readonly noUsableContact: number;
  /** Set during the first count of the members, while the numbers still grow. */
  readonly counting: { readonly done: number; readonly of: number | null } | null;
  /** Oldest first, at most one a day, at most 400. The last one is today, as counted now. */
  readonly days: readonly AdoptionDay[];
  readonly warnings: readonly AdoptionWarning[];
}

export interface AdoptionDay {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly members: number;
  readonly configured: number;
}

export async function describeAdoption(
  context: FlowContext,
  request: { readonly organizationId: string; readonly administrators: readonly Account[] },
): Promise<Adoption> {
  const { organizationId, administrators } = request;
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
  // Later walks only refresh indexes that are complete: a day is stored once the first walk has finished.
  const isCounting = days.length === 0 && (walk === undefined || walk.finishedAt === null);
  if (!isCounting) {
    context.background.run(`day:${organizationId}`, () => saveDay(context, organizationId, counts));
  }
  return {
    policy,
    ...shown,
    nextExemptionEndsAt,
    counting: isCounting ? { done: walk?.done ?? 0, of: walk?.of ?? null } : null,
    days: [...daysBefore(days, now), countsOfDay(counts, now)],
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
      const policyContext = readPolicyContext(context, organizationId);
      const [member] = await readMembers(context, { organizationId, accounts: [account], policyContext });
      return member?.state.configured === false ? [account.name] : [];
    }),
  );
  return found.flat();
}

const KEEP_DAYS = 400;
const PAUSE_MS = 600_000;

/** Drops days in the future, which a clock that was ahead stored. */
function daysBefore(days: readonly AdoptionDay[], now: number): readonly AdoptionDay[] {
  const today = dayOf(now);
  return days.filter(({ day }) => day < today).slice(1 - KEEP_DAYS);
}

function countsOfDay({ members, configured }: Omit<AdoptionDay, 'day'>, now: number): AdoptionDay {
  return { day: dayOf(now), members, configured };
}

/** `2026-11-22`, UTC. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

export async function saveDay(
  context: FlowContext,
  organizationId: string,
  counts: Omit<AdoptionDay, 'day'>,
): Promise<void> {
  await context.records.saveDailyCounts(organizationId, countsOfDay(counts, context.clock.now()), KEEP_DAYS);
}

/** At most every ten minutes, so that the chart has data even for days on which no administrator opened it. */
export function createDailyCounter(context: FlowContext): (organizationId: string) => Promise<void> {
  const countedAt = new Map<string, number>();
  return async function countDay(organizationId) {
    const now = context.clock.now();
    const before = countedAt.get(organizationId);
    if (before !== undefined && now >= before && now - before < PAUSE_MS) return;
    const walk = await context.records.findJob(organizationId, 'roster-walk');
    if (walk === undefined || walk.finishedAt === null) return;
    countedAt.set(organizationId, now);
    const { counts } = await readMemberCounts(context, organizationId);
    await saveDay(context, organizationId, counts);
  };
}
