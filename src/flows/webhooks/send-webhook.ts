import { createHash } from 'node:crypto';
import { MfaError } from '../../core/errors';
import { postWebhook } from '../../delivery/post-webhook';
import type { MfaEvent } from '../../events/events';
import type { WebhookEndpoint } from '../../options/report-options';
import type { KeptWebhook } from '../../records/queue-records';
import { parseEvent } from '../../stores/event-store';
import { newId, type FlowContext } from '../context/context';
import { CLAIM_SECONDS, MOST_KEPT, nextTry, drainQueue } from '../context/durable-queue';

/** The maximum number of dead letters. The oldest are dropped. */
const MOST_DEAD = 1000;

/** Queues the event for every endpoint that wants it, then sends it in the background. Resolves when it is queued. */
export async function queueWebhooks(context: FlowContext, event: MfaEvent): Promise<void> {
  const wanting = context.options.webhooks.filter(({ events }) => events?.includes(event.name) ?? true);
  await Promise.all(wanting.map((endpoint) => queueFor(context, endpoint, event)));
}

async function queueFor(context: FlowContext, endpoint: WebhookEndpoint, event: MfaEvent): Promise<void> {
  const now = context.clock.now();
  const kept: KeptWebhook = {
    id: newId(),
    endpoint: idOf(endpoint),
    organizationId: event.organizationId,
    userId: event.userId ?? null,
    body: JSON.stringify(event),
    keptAt: now,
    attempts: 0,
  };
  await keep(context, kept, CLAIM_SECONDS);
  context.background.run(`webhook:${kept.id}`, async () => void (await trySending(context, kept, endpoint)));
}

/** The URL may contain a secret, so the queue identifies an endpoint by its hash. */
function idOf({ url }: WebhookEndpoint): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 22);
}

async function keep({ records, clock, options }: FlowContext, kept: KeptWebhook, waitSeconds: number) {
  const dueAt = clock.now() + waitSeconds * 1000;
  const dropped = await records.webhooks.keep(kept, { dueAt, most: MOST_KEPT });
  if (dropped > 0)
    options.onError(
      new MfaError('delivery-failed', `The webhook queue is full; ${dropped} webhooks were dropped.`),
    );
}

async function trySending(
  context: FlowContext,
  kept: KeptWebhook,
  endpoint: WebhookEndpoint,
): Promise<boolean> {
  const { id } = kept;
  const { origin } = new URL(endpoint.url);
  const event = parseEvent(kept.body, kept.organizationId);
  if (event === null) {
    await storeDeadLetter(context, kept, { origin, because: 'it cannot be read' });
    return false;
  }
  const timestamp = new Date(event.at).toISOString();
  const body = JSON.stringify({ type: `mfa.${event.name}`, timestamp, data: event });
  const answer = await postWebhook(endpoint, { id, at: context.clock.now(), body });
  if (answer.outcome === 'taken') {
    await context.records.webhooks.drop(id);
    return true;
  }
  await postpone(context, kept, { origin, ...answer });
  return false;
}

async function postpone(
  context: FlowContext,
  kept: KeptWebhook,
  failed: { readonly origin: string; readonly because: string; readonly isFinal: boolean },
): Promise<void> {
  const { origin, because, isFinal } = failed;
  const next = nextTry(kept, context.clock.now());
  const isOver = isFinal || next.isTooOld;
  // Report the first and the last failure only.
  if (kept.attempts === 0 || isOver) {
    const message = `The webhook at ${origin} did not accept a message: ${because}.`;
    context.options.onError(new MfaError('delivery-failed', message));
  }
  const tried = { ...kept, keptAt: next.keptAt, attempts: next.attempts };
  if (isOver) await storeDeadLetter(context, tried, { origin, because });
  else await keep(context, tried, next.waitSeconds);
}

/** Store the dead letter first: a failure in between sends it once more, but loses nothing. */
async function storeDeadLetter(
  { records, clock }: FlowContext,
  kept: KeptWebhook,
  { origin, because }: { readonly origin: string; readonly because: string },
): Promise<void> {
  const now = clock.now();
  await records.deadWebhooks.keep({ ...kept, origin, because, diedAt: now }, { dueAt: now, most: MOST_DEAD });
  await records.webhooks.drop(kept.id);
}

/** Sends due webhooks. Webhooks for an endpoint that this process does not know wait, because another process may know it. */
export async function retryWebhooks(context: FlowContext): Promise<void> {
  const { records, options } = context;
  if (options.webhooks.length === 0) return;
  await drainQueue(context, {
    claim: (due) => records.webhooks.claim(due),
    async retry(kept) {
      const endpoint = options.webhooks.find((one) => idOf(one) === kept.endpoint);
      if (endpoint !== undefined) return trySending(context, kept, endpoint);
      await postpone(context, kept, { origin: 'unknown', because: 'it is not configured', isFinal: false });
      return false;
    },
  });
}

export interface DeadWebhook {
  readonly event: MfaEvent;
  /** Scheme and host of the endpoint. */
  readonly origin: string;
  readonly because: string;
  readonly attempts: number;
  readonly diedAt: number;
}

/** The webhooks about an organization that are no longer retried, newest first. */
export async function listDeadWebhooks(
  { records, options }: FlowContext,
  organizationId: string,
): Promise<readonly DeadWebhook[]> {
  if (options.webhooks.length === 0) return [];
  const dead = await records.deadWebhooks.list(MOST_DEAD);
  return dead
    .flatMap(({ body, origin, because, attempts, diedAt }) => {
      const event = parseEvent(body, organizationId);
      return event === null ? [] : [{ event, origin, because, attempts, diedAt }];
    })
    .toSorted((a, b) => b.diedAt - a.diedAt);
}
