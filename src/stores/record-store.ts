import type { DocumentStore } from './document-store';
import type { EventStore } from './event-store';

export interface IndexEntry {
  readonly userId: string;
  readonly mark: number;
}

/** Marks above one number and below another, both exclusive. */
export interface MarkRange {
  readonly above?: number;
  readonly below?: number;
}

/**
 * The indexes that contain a member, each with a mark, which is the primary sort key. Other indexes do not contain the member.
 */
export interface IndexedMember {
  readonly userId: string;
  readonly marks: Readonly<Record<string, number>>;
}

export interface IndexQuery extends MarkRange {
  readonly organizationId: string;
  readonly index: string;
}

/**
 * Indexes to find the members of an organization. They are written after the documents, so they may be out of date or lack a
 * member. Readers must compare each entry with the member's document, and write the entry again if they differ.
 */
export interface IndexStore {
  /** Adds each member to the indexes in its `marks`, and removes it from the others in `indexes`. Idempotent. */
  indexMembers(
    organizationId: string,
    indexes: readonly string[],
    members: readonly IndexedMember[],
  ): Promise<void>;

  /**
   * Lists entries by mark and user id, starting after `after`, which may have been removed. Without `skip`, the cost does not
   * grow with the index.
   */
  listIndex(
    query: IndexQuery & {
      readonly after?: IndexEntry;
      /** The number of entries to skip. */
      readonly skip?: number;
      readonly limit: number;
    },
  ): Promise<readonly IndexEntry[]>;

  /** Counts entries. The cost of counting a whole index does not grow with its size. */
  countIndex(query: IndexQuery): Promise<number>;

  /** Empties indexes of the organization. */
  removeIndexes(organizationId: string, indexes: readonly string[]): Promise<void>;
}

/** Work that has to be done at least once, such as retrying a notice. */
export interface QueuedItem {
  readonly id: string;
  /** The user it is about, with whom it is removed; null if it is not about a user. */
  readonly userId: string | null;
  /** Text that the store does not read. It contains no secrets or addresses in plain text. */
  readonly body: string;
}

export interface QueueStore {
  /**
   * Adds an item that is due at `dueAt`, or replaces the item with the same id. Atomic. If the queue has more than `most`
   * items, those due first are removed. Returns the number of removed items.
   */
  enqueue(
    queue: string,
    item: QueuedItem,
    when: { readonly dueAt: number; readonly most: number },
  ): Promise<number>;
  /**
   * Takes at most `limit` due items and postpones each until `untilAt`, so that no other process takes it too. An item that is
   * due after `latestAt` was postponed by a clock that was ahead, and counts as due. Atomic.
   */
  takeDue(
    queue: string,
    due: {
      readonly now: number;
      readonly latestAt?: number;
      readonly limit: number;
      readonly untilAt: number;
    },
  ): Promise<readonly QueuedItem[]>;
  /** Lists items of the queue, ordered by due time, whether or not they are due. */
  listQueued(queue: string, limit: number): Promise<readonly QueuedItem[]>;
  removeQueued(queue: string, id: string): Promise<void>;
  /** Removes every item about the user, in every queue. */
  removeQueuedOf(userId: string): Promise<void>;
}

/**
 * Data that must survive: documents, events, member indexes and queued work. Losing it must never let anybody in: without their
 * documents, sessions end.
 *
 * The store contains no rules. They are in `core/`, and `createMfa` applies them to the documents.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time, and with
 * `records-unreadable` when stored data is damaged. A rejected call may or may not have taken effect.
 */
export interface RecordStore extends DocumentStore, EventStore, IndexStore, QueueStore {
  /** Finds settings of the store with which records could be lost. One sentence each, with the fix. */
  findWeaknesses(): Promise<readonly string[]>;
}

/** A record store with tables, which must exist before the app starts. */
export interface RecordTables {
  /** Creates or updates the tables. Several processes may run it at once. */
  migrate(): Promise<void>;
  /** The SQL that `migrate` runs on an empty database. */
  migrationSql(): string;
}

export function hasTables(store: RecordStore): store is RecordStore & RecordTables {
  return ['migrate', 'migrationSql'].every((name) => typeof Reflect.get(store, name) === 'function');
}
