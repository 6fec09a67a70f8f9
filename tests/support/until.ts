import { setTimeout } from 'node:timers/promises';

/** Between two questions, so that asking takes no time from what is waited for. */
const PAUSE_MS = 5;

/**
 * Asks again and again until the answer is yes; a question that fails counts as no. Jest's own limit ends a wait that is in vain.
 */
export async function until(question: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const answer = await question().catch(() => false);
    if (answer) return;
    await setTimeout(PAUSE_MS);
  }
}
