import type { FlowContext } from '../context/context';
import { readMemberCounts } from './member-counts';

/** How many days the chart goes back at most. */
const KEEP_DAYS = 400;
const PAUSE_MS = 600_000;

/** `2026-11-22`, UTC. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** Today's counts, of which the last of the day stays. */
export async function rememberDay(
  context: FlowContext,
  organizationId: string,
  counts: { readonly members: number; readonly configured: number },
): Promise<void> {
  const { members, configured } = counts;
  const day = dayOf(context.clock.now());
  await context.records.saveDailyCounts(organizationId, { day, members, configured }, KEEP_DAYS);
}

/**
 * Counts an organization when something changed in it, at most every ten minutes, so that the chart has a value for days
 * on which no administrator looked. Not before every member has been counted once.
 */
export function createDayKeeper(context: FlowContext): (organizationId: string) => Promise<void> {
  const keptAt = new Map<string, number>();
  return async function keepDay(organizationId) {
    const now = context.clock.now();
    const before = keptAt.get(organizationId);
    if (before !== undefined && now >= before && now - before < PAUSE_MS) return;
    const walk = await context.records.findJob(organizationId, 'roster-walk');
    if (walk === undefined || walk.finishedAt === null) return;
    keptAt.set(organizationId, now);
    const { counts } = await readMemberCounts(context, organizationId);
    await rememberDay(context, organizationId, counts);
  };
}
