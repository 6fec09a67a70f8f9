import type { SendBudget, StateStore } from '../state-store';
import type { ExpiringMap } from './expiring-map';

/** Under each key the instants of the newest sends, newest first. */
export type Sends = ExpiringMap<readonly number[]>;

/** What a clock that was ahead wrote counts as of now, so that no wait is longer than its window. */
const asOf = (instants: readonly number[], now: number) => instants.map((instant) => Math.min(instant, now));

/** The seconds until the budget allows one more send; 0 for now. */
function waitOf(instants: readonly number[], budget: SendBudget, now: number): number {
  const waits = budget.windows.map(({ max, seconds }) => {
    if (max < 1) return seconds;
    const blocking = instants[max - 1];
    return blocking === undefined ? 0 : Math.ceil((blocking + seconds * 1000 - now) / 1000);
  });
  return Math.max(0, ...waits);
}

export function sendsIn(sends: Sends): Pick<StateStore, 'spendSendBudgets' | 'findSendWait'> {
  function wait(budget: SendBudget, now: number): number {
    const instants = sends.get(budget.key) ?? [];
    const [newest = now] = instants;
    const believed = newest > now ? asOf(instants, now) : instants;
    if (believed !== instants) sends.replace(budget.key, believed);
    return waitOf(believed, budget, now);
  }

  return {
    async spendSendBudgets(budgets, now) {
      const waits = budgets.map((budget) => ({ key: budget.key, seconds: wait(budget, now) }));
      const longest = waits.toSorted((a, b) => b.seconds - a.seconds)[0];
      if (longest !== undefined && longest.seconds > 0) {
        return { outcome: 'refused', key: longest.key, retryAfterSeconds: longest.seconds };
      }
      for (const { key, windows } of budgets) {
        const kept = Math.max(0, ...windows.map(({ max }) => max));
        const instants = [now, ...(sends.get(key) ?? [])].slice(0, kept);
        const longestSeconds = Math.max(0, ...windows.map(({ seconds }) => seconds));
        sends.set(key, instants, { now, expiresAt: now + longestSeconds * 1000 });
      }
      return { outcome: 'spent' };
    },
    async findSendWait(budgets, now) {
      return Math.max(0, ...budgets.map((budget) => wait(budget, now)));
    },
  };
}
