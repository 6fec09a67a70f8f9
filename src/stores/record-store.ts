import type { DocumentStore } from './document-store';
import type { EventStore } from './event-store';

export interface IndexEntry {
  readonly userId: string;
  readonly mark: number;
}

/** Marks above one number and below another; neither is included. */
export interface MarkRange {
  readonly above?: number;
  readonly below?: number;
}

/** Which indexes hold a member, each with a number by which it is ordered first; an index that is not named does not. */
export interface IndexedMember {
  readonly userId: string;
  readonly marks: Readonly<Record<string, number>>;
}

export interface IndexQuery extends MarkRange {
  readonly organizationId: string;
  readonly index: string;
}

/**
 * What the members of an organization can be found by. Indexes are written after the documents they speak of and may lag
 * behind or lack a member: whoever reads one compares each entry with the member's document and writes it again where the
 * two differ.
 */
export interface IndexStore {
  /**
   * Puts each member into the indexes that its marks name, and out of the others in `indexes`. Writing the same twice changes
   * nothing.
   */
  indexMembers(
    organizationId: string,
    indexes: readonly string[],
    members: readonly IndexedMember[],
  ): Promise<void>;

  /**
   * In the order of mark and user id, beginning behind `after`, which need not be there any more. Without `skip`, the cost does
   * not grow with the index.
   */
  listIndex(
    query: IndexQuery & {
      readonly after?: IndexEntry;
      /** How many to pass over. */
      readonly skip?: number;
      readonly limit: number;
    },
  ): Promise<readonly IndexEntry[]>;

  /** How many. The cost of counting a whole index does not grow with it. */
  countIndex(query: IndexQuery): Promise<number>;

  /** Empties indexes of the organization. */
  removeIndexes(organizationId: string, indexes: readonly string[]): Promise<void>;
}

/** Work that has to be done at least once, such as a notice to send again. */
export interface QueuedItem {
  readonly id: string;
  /** Whom it is about; removed with the user. Null where it is about nobody. */
  readonly userId: string | null;
  /** Text that the store does not read. It holds no secret and no address in the clear. */
  readonly body: string;
}

export interface QueueStore {
  /**
   * Adds an item that is due then; one of the same id is replaced. Atomic: with `most` in the queue, those due first make room,
   * and their number is returned.
   */
  enqueue(
    queue: string,
    item: QueuedItem,
    when: { readonly dueAt: number; readonly most: number },
  ): Promise<number>;
  /**
   * Takes the items that are due, at most `limit`, and puts each off until `untilAt`, so that no other process takes it too. What is
   * due after `latestAt` was put off by a clock ahead, and is taken as due. Atomic.
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
  /** Items of the queue, the first due first, whether or not they are due. */
  listQueued(queue: string, limit: number): Promise<readonly QueuedItem[]>;
  removeQueued(queue: string, id: string): Promise<void>;
  /** Removes every item about the user, in every queue. */
  removeQueuedOf(userId: string): Promise<void>;
}

/**
 * What must survive: documents, events, member indexes and queued work. Losing it must never let anybody in: without their
 * documents, sessions end.
 *
 * The store knows none of the rules. They are in `core/`, and `createMfa` applies them to the documents.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time, and with
 * `records-unreadable` when what it holds is not what was written. A rejected call may or may not have taken effect.
 */
export interface RecordStore extends DocumentStore, EventStore, IndexStore, QueueStore {
  /** What is wrong with the store's own settings for records that must survive: one sentence each, with the fix. */
  findWeaknesses(): Promise<readonly string[]>;
}

/** A record store with tables, which have to be there before the app starts. */
export interface RecordTables {
  /** Creates the tables, or brings them up to date. Several processes may run it at once. */
  migrate(): Promise<void>;
  /** The SQL that `migrate` runs on an empty database. */
  migrationSql(): string;
}

export function hasTables(store: RecordStore): store is RecordStore & RecordTables {
  return ['migrate', 'migrationSql'].every((name) => typeof Reflect.get(store, name) === 'function');
}
