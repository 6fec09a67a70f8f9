import * as z from 'zod';
import { MfaError } from '../core/errors';
import type { Schema } from '../core/schema';
import type { QueueStore, QueuedItem } from '../stores/record-store';

/** A queue of one kind of item. Items are stored until they are done. */
export interface QueueOf<Item> {
  /** Replaces the item with the same id. Atomic. Returns how many of the oldest due were removed to keep at most `most`. */
  keep(item: Item, keep: { readonly dueAt: number; readonly most: number }): Promise<number>;
  /**
   * Returns the due items, at most `limit`, and postpones each until `untilAt`, so that no other process takes it too. An item
   * that is due after `latestAt` was postponed by a clock that was ahead, so it is returned too. Atomic.
   */
  claim(due: {
    readonly now: number;
    readonly latestAt?: number;
    readonly limit: number;
    readonly untilAt: number;
  }): Promise<readonly Item[]>;
  /** Items sorted by due date, including those not yet due. */
  list(limit: number): Promise<readonly Item[]>;
  drop(id: string): Promise<void>;
  dropOf(organizationId: string): Promise<void>;
}

/** More than a queue ever has. */
const MOST_LISTED = 1_000_000;

export function queueOf<Item extends { readonly id: string; readonly organizationId: string }>(
  queue: QueueStore,
  of: {
    readonly name: string;
    readonly schema: Schema<Item>;
    /** Returns the id of the user whom the item is about, or null. */
    readonly isAbout: (item: Item) => string | null;
  },
): QueueOf<Item> {
  const { name, schema, isAbout } = of;
  function read({ body }: QueuedItem): Item {
    const item = schema.safeParse(JSON.parse(body));
    if (item.success) return item.data;
    throw new MfaError('records-unreadable', `An item in the queue ${name} does not match its schema.`, {
      cause: item.error,
    });
  }
  return {
    keep: (item, when) =>
      queue.enqueue(name, { id: item.id, userId: isAbout(item), body: JSON.stringify(item) }, when),
    claim: async (due) => (await queue.takeDue(name, due)).map(read),
    list: async (limit) => (await queue.listQueued(name, limit)).map(read),
    drop: (id) => queue.removeQueued(name, id),
    async dropOf(organizationId) {
      const items = (await queue.listQueued(name, MOST_LISTED)).map(read);
      const own = items.filter((item) => item.organizationId === organizationId);
      await Promise.all(own.map(({ id }) => queue.removeQueued(name, id)));
    },
  };
}

/** A notice that must be delivered, stored until it is sent. It contains no secret and no address in plain text. */
export interface KeptNotice {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  /** The address, sealed under the key ring. */
  readonly sealedAddress: string;
  /** The content, as text that the store does not parse. */
  readonly body: string;
  readonly keptAt: number;
  /** The number of tries so far. */
  readonly attempts: number;
}

export interface NoticeRecords {
  readonly notices: QueueOf<KeptNotice>;
}

const notice: z.ZodType<KeptNotice> = z.object({
  id: z.string(),
  userId: z.string(),
  organizationId: z.string(),
  sealedAddress: z.string(),
  body: z.string(),
  keptAt: z.int(),
  attempts: z.int().min(0),
});

export function noticeRecordsIn(queue: QueueStore): NoticeRecords {
  return { notices: queueOf(queue, { name: 'notices', schema: notice, isAbout: ({ userId }) => userId }) };
}

/** An event to deliver to an endpoint. */
export interface KeptWebhook {
  /** The same for every try, so that the receiver can detect repetitions. */
  readonly id: string;
  /** A hash of the endpoint's address. */
  readonly endpoint: string;
  readonly organizationId: string;
  /** Null if the event is not about a person. */
  readonly userId: string | null;
  /** The event, as text that the store does not parse. */
  readonly body: string;
  readonly keptAt: number;
  readonly attempts: number;
}

/** A webhook that is no longer retried. */
export interface DeadLetter extends KeptWebhook {
  /** Scheme and host of the endpoint. */
  readonly origin: string;
  readonly because: string;
  readonly diedAt: number;
}

export interface WebhookRecords {
  readonly webhooks: QueueOf<KeptWebhook>;
  readonly deadWebhooks: QueueOf<DeadLetter>;
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
const deadLetter = z.object({ ...KEPT, origin: z.string(), because: z.string(), diedAt: z.int() });

export function webhookRecordsIn(queue: QueueStore): WebhookRecords {
  const isAbout = ({ userId }: KeptWebhook) => userId;
  return {
    webhooks: queueOf(queue, { name: 'webhooks', schema: kept, isAbout }),
    deadWebhooks: queueOf(queue, { name: 'dead-webhooks', schema: deadLetter, isAbout }),
  };
}
