import { openSecret } from '../../core/proof/secrets';
import type { KeptNotice } from '../../stores/notice-store';
import type { FlowContext } from '../context/context';
import {
  CLAIM_SECONDS,
  LONGEST_PAUSE_SECONDS,
  abandon,
  bindingOf,
  parseNoticeBody,
  trySending,
} from './send-notice';

const BATCH = 20;
const RETRY_MILLISECONDS = 30_000;

/** Sends what is due again. Returns how many went out. */
async function retryNotices(context: FlowContext): Promise<number> {
  let sent = 0;
  for (;;) {
    const now = context.clock.now();
    const claim = {
      now,
      latestAt: now + LONGEST_PAUSE_SECONDS * 1000,
      limit: BATCH,
      untilAt: now + CLAIM_SECONDS * 1000,
    };
    // Each batch is sent before the next is taken, so that none is put off by more than it takes.
    // oxlint-disable-next-line no-await-in-loop
    const due = await context.records.claimNotices(claim);
    // oxlint-disable-next-line no-await-in-loop
    const outcomes = await Promise.all(due.map((kept) => retry(context, kept)));
    const gone = outcomes.filter((isSent) => isSent).length;
    sent += gone;
    if (due.length < BATCH || gone === 0) return sent;
  }
}

async function retry(context: FlowContext, kept: KeptNotice): Promise<boolean> {
  const opened = openSecret(context.keyRing, kept.sealedAddress, bindingOf(kept));
  const body = parseNoticeBody(kept.body);
  if (opened.outcome !== 'opened' || body === null) {
    await abandon(context, kept, { notice: body?.notice.kind ?? 'unknown', because: 'unreadable' });
    return false;
  }
  return trySending(context, kept, { ...body, to: opened.secret.reveal() });
}

/** Everything that failed and can be done later. Returns how many notices went out. */
export async function retryDue(context: FlowContext): Promise<number> {
  await context.enrollmentNotes.retry();
  return context.options.email === null ? 0 : retryNotices(context);
}

/** Looks for what is due until it is stopped, or as long as the process runs for some other reason. */
export function retryNowAndThen(context: FlowContext): { stop(): void } {
  let running = false;
  let failing = false;
  const timer = setInterval(function retryWhatIsDue() {
    if (running) return;
    running = true;
    retryDue(context)
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          // A store that is down is said once, and not twice a minute.
          if (!failing) context.options.onError(error);
          failing = true;
        },
      )
      .finally(() => {
        running = false;
      });
  }, RETRY_MILLISECONDS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
