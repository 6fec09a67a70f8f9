import { MfaError } from '../core/errors';
import type { Schema } from '../core/schema';
import type { QueueStore, QueuedItem } from '../stores/queue-store';

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
