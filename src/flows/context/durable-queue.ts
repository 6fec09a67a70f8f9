import type { FlowContext } from './context';

// Messages that must be sent at least once are stored in a queue of the record store before they are sent, and removed
// afterwards.

/** The wait before each retry. The last one repeats. */
const WAITS_SECONDS = [30, 60, 120, 300, 900, 1800, 3600];
const LONGEST_PAUSE_SECONDS = 3600;
/** Longer than any send takes. No other process claims the item in this time. */
export const CLAIM_SECONDS = 120;
const LONGEST_WAIT_SECONDS = 3 * 86_400;
export const MOST_KEPT = 10_000;

/** When to retry an item that failed again. `isTooOld` after three days. */
export function nextTry(
  { keptAt, attempts }: { readonly keptAt: number; readonly attempts: number },
  now: number,
): {
  readonly keptAt: number;
  readonly attempts: number;
  readonly waitSeconds: number;
  readonly isTooOld: boolean;
} {
  const tried = attempts + 1;
  const waitSeconds = WAITS_SECONDS[Math.min(tried, WAITS_SECONDS.length) - 1] ?? CLAIM_SECONDS;
  // A clock that was ahead must not extend the retries.
  const since = Math.min(keptAt, now);
  const isTooOld = now + waitSeconds * 1000 > since + LONGEST_WAIT_SECONDS * 1000;
  return { keptAt: since, attempts: tried, waitSeconds, isTooOld };
}

export interface Claim {
  readonly now: number;
  readonly latestAt: number;
  readonly limit: number;
  readonly untilAt: number;
}

const BATCH = 20;

/** Tries due items in batches until none are left or a whole batch fails. Returns how many were sent. */
export async function drainQueue<Item>(
  { clock }: Pick<FlowContext, 'clock'>,
  queue: {
    readonly claim: (due: Claim) => Promise<readonly Item[]>;
    /** True if it was sent. */
    readonly retry: (item: Item) => Promise<boolean>;
  },
): Promise<number> {
  let sent = 0;
  for (;;) {
    const now = clock.now();
    const latestAt = now + LONGEST_PAUSE_SECONDS * 1000;
    // Send each batch before the next is claimed, so that no claim expires.
    // oxlint-disable-next-line no-await-in-loop
    const due = await queue.claim({ now, latestAt, limit: BATCH, untilAt: now + CLAIM_SECONDS * 1000 });
    // oxlint-disable-next-line no-await-in-loop
    const outcomes = await Promise.all(due.map((item) => queue.retry(item)));
    const gone = outcomes.filter((isSent) => isSent).length;
    sent += gone;
    if (due.length < BATCH || gone === 0) return sent;
  }
}
