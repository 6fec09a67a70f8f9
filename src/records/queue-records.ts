import * as z from 'zod';
import { MfaError } from '../core/errors';
import type { Schema } from '../core/schema';
import type { QueueStore, QueuedItem } from '../stores/record-store';

/** A queue of one kind of items, kept until they were done. */
export interface QueueOf<Item> {
  /**
   * Keeps an item that is due then; one of the same id is replaced. Atomic: with `most` kept, the oldest due make room, and
   * their number is returned.
   */
  keep(item: Item, keep: { readonly dueAt: number; readonly most: number }): Promise<number>;
  /**
   * Takes the items that are due, at most `limit`, and puts each off until `untilAt`, so that no other process takes it too.
   * What is due after `latestAt` was put off by a clock that is ahead, and is due as well. Atomic.
   */
  claim(due: {
    readonly now: number;
    readonly latestAt?: number;
    readonly limit: number;
    readonly untilAt: number;
  }): Promise<readonly Item[]>;
  /** Items, the first due first, whether or not they are due. */
  list(limit: number): Promise<readonly Item[]>;
  drop(id: string): Promise<void>;
  /** Drops every item of an organization. */
  dropOf(organizationId: string): Promise<void>;
}

/** More than ever wait. */
const MOST_LISTED = 1_000_000;

/** The queue of that name, which holds items as JSON. */
export function queueOf<Item extends { readonly id: string; readonly organizationId: string }>(
  queue: QueueStore,
  of: {
    readonly name: string;
    readonly schema: Schema<Item>;
    /** The id of the user whose data it is. */
    readonly isAbout: (item: Item) => string | null;
  },
): QueueOf<Item> {
  const { name, schema, isAbout } = of;
  function read({ body }: QueuedItem): Item {
    const item = schema.safeParse(JSON.parse(body));
    if (item.success) return item.data;
    throw new MfaError('records-unreadable', `An item in the queue ${name} is not what was written.`, {
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

/** A notice that has to reach somebody, kept until it went out. It holds no secret and no address in the clear. */
export interface KeptNotice {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  /** The address, sealed under the key ring. */
  readonly sealedAddress: string;
  /** What it says, as text that the store does not read. */
  readonly body: string;
  readonly keptAt: number;
  /** How often it was tried. */
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
