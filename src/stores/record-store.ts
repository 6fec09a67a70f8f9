import type { DocumentStore } from './document-store';
import type { EventStore } from './event-store';
import type { IndexStore } from './index-store';
import type { QueueStore } from './queue-store';

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
