import * as z from 'zod';
import type { QueueStore } from '../stores/queue-store';
import { queueOf, type QueueOf } from './queue-of';

/** An event that an endpoint has to get. */
export interface KeptWebhook {
  /** The same for every try, so that the receiver can tell a repeated one. */
  readonly id: string;
  /** A hash of the endpoint's address. */
  readonly endpoint: string;
  readonly organizationId: string;
  /** Null where the event is about nobody. */
  readonly userId: string | null;
  /** The event, as text that the store does not read. */
  readonly body: string;
  readonly keptAt: number;
  readonly attempts: number;
}

/** One that was given up. */
export interface BuriedWebhook extends KeptWebhook {
  /** Scheme and host of the endpoint. */
  readonly origin: string;
  readonly because: string;
  readonly diedAt: number;
}

export interface WebhookRecords {
  readonly webhooks: QueueOf<KeptWebhook>;
  readonly deadWebhooks: QueueOf<BuriedWebhook>;
}

const KEPT = {
  id: z.string(),
  endpoint: z.string(),
  organizationId: z.string(),
  userId: z.string().nullable(),
  body: z.string(),
  keptAt: z.int(),
  attempts: z.int().min(0),
};

const kept = z.object(KEPT);
const buried = z.object({ ...KEPT, origin: z.string(), because: z.string(), diedAt: z.int() });

export function webhookRecordsIn(queue: QueueStore): WebhookRecords {
  const isAbout = ({ userId }: KeptWebhook) => userId;
  return {
    webhooks: queueOf(queue, { name: 'webhooks', schema: kept, isAbout }),
    deadWebhooks: queueOf(queue, { name: 'dead-webhooks', schema: buried, isAbout }),
  };
}
