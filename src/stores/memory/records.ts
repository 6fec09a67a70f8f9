import type { MfaEvent } from '../../events/events';
import {
  ownerKey,
  type CurrentDocument,
  type DocumentName,
  type DocumentStore,
  type Owner,
} from '../document-store';
import { matchesFilter, namesUser, type EventStore } from '../event-store';
import type { IndexEntry, IndexStore, MarkRange, QueueStore, QueuedItem } from '../record-store';

type Stored = CurrentDocument & { readonly outcome: 'found' };

export interface StoredDocuments {
  readonly documents: Map<string, Map<DocumentName, Stored>>;
  readonly claims: Map<string, Owner>;
}

const ABSENT = { outcome: 'absent' } as const;

export function documentsIn({ documents, claims }: StoredDocuments): DocumentStore {
  const find = (owner: Owner, name: DocumentName): CurrentDocument =>
    documents.get(ownerKey(owner))?.get(name) ?? ABSENT;

  return {
    async read(queries) {
      return queries.map(({ owner, name, known }) => {
        const found = find(owner, name);
        return found.outcome === 'found' && found.version === known ? { outcome: 'unchanged' } : found;
      });
    },

    async write(owner, changes) {
      const current = changes.map(({ name }) => find(owner, name));
      const isExpected = changes.every(({ expected }, place) => versionOf(current[place]) === expected);
      if (!isExpected) return { outcome: 'conflict', current };
      const key = ownerKey(owner);
      const own = documents.get(key) ?? new Map<DocumentName, Stored>();
      documents.set(key, own);
      for (const { name, next } of changes) {
        if (next === null) own.delete(name);
        else if (next !== undefined) own.set(name, { outcome: 'found', ...next });
      }
      return { outcome: 'written' };
    },

    async removeDocuments(owner) {
      documents.delete(ownerKey(owner));
      for (const [key, holder] of claims) if (ownerKey(holder) === ownerKey(owner)) claims.delete(key);
    },

    async claim(key, owner) {
      const holder = claims.get(key);
      if (holder === undefined) claims.set(key, { ...owner });
      return holder === undefined || ownerKey(holder) === ownerKey(owner);
    },
    async findOwner(key) {
      return claims.get(key);
    },
    async release(key, owner) {
      const holder = claims.get(key);
      if (holder !== undefined && ownerKey(holder) === ownerKey(owner)) claims.delete(key);
    },
  };
}

function versionOf(document: CurrentDocument | undefined): string | null {
  return document?.outcome === 'found' ? document.version : null;
}

/** One index of one organization. The sorted list is discarded at each change and rebuilt at the next read. */
export interface Index {
  readonly marks: Map<string, number>;
  sorted: readonly IndexEntry[] | null;
}

/** Keyed by organization and index name. */
export type Indexes = Map<string, Index>;

export function memberIndexesIn(indexes: Indexes): IndexStore {
  const keyOf = (organizationId: string, index: string) => JSON.stringify([organizationId, index]);

  function put(organizationId: string, index: string, entry: { userId: string; mark: number | null }): void {
    const key = keyOf(organizationId, index);
    const found = indexes.get(key) ?? { marks: new Map<string, number>(), sorted: null };
    indexes.set(key, found);
    const { userId, mark } = entry;
    if (found.marks.get(userId) === (mark ?? undefined)) return;
    found.sorted = null;
    if (mark === null) found.marks.delete(userId);
    else found.marks.set(userId, mark);
  }

  function entriesOf(organizationId: string, index: string): readonly IndexEntry[] {
    const found = indexes.get(keyOf(organizationId, index));
    if (found === undefined) return [];
    found.sorted ??= [...found.marks].map(([userId, mark]) => ({ userId, mark })).toSorted(byMark);
    return found.sorted;
  }

  return {
    async indexMembers(organizationId, names, members) {
      for (const { userId, marks } of members) {
        for (const index of names) put(organizationId, index, { userId, mark: marks[index] ?? null });
      }
    },
    async listIndex({ organizationId, index, after, skip = 0, limit, ...range }) {
      const entries = entriesOf(organizationId, index);
      const first = after === undefined ? 0 : entries.findIndex((entry) => byMark(entry, after) > 0);
      if (first === -1) return [];
      return entries
        .slice(first)
        .filter((entry) => isWithin(entry, range))
        .slice(skip, skip + limit);
    },
    async countIndex({ organizationId, index, ...range }) {
      return entriesOf(organizationId, index).filter((entry) => isWithin(entry, range)).length;
    },
    async removeIndexes(organizationId, names) {
      for (const index of names) indexes.delete(keyOf(organizationId, index));
    },
  };
}

function isWithin({ mark }: IndexEntry, { above, below }: MarkRange): boolean {
  return (above === undefined || mark > above) && (below === undefined || mark < below);
}

function byMark(a: IndexEntry, b: IndexEntry): number {
  if (a.mark !== b.mark) return a.mark - b.mark;
  if (a.userId === b.userId) return 0;
  return a.userId < b.userId ? -1 : 1;
}

/** One organization's events, oldest first. They are numbered, so that a page can start where the previous page ended. */
interface EventLog {
  next: number;
  kept: { readonly number: number; readonly event: MfaEvent }[];
}

export function eventLogsIn(logs: Map<string, EventLog>): EventStore {
  return {
    async appendEvents(events, { maxCount, maxAgeSeconds }) {
      const newest = events.at(-1);
      if (newest === undefined) return;
      const log = logs.get(newest.organizationId) ?? { next: 1, kept: [] };
      logs.set(newest.organizationId, log);
      for (const event of events) {
        log.kept.push({ number: log.next, event: { ...event, details: { ...event.details } } });
        log.next += 1;
      }
      // Use the store's clock if it is earlier: a process whose clock is ahead must not remove the events of other processes.
      const oldest = Math.min(newest.at, Date.now()) - maxAgeSeconds * 1000;
      const tooMany = log.kept.length - maxCount;
      const firstYoung = log.kept.findIndex(({ event: { at } }) => at >= oldest);
      const drop = Math.max(tooMany, firstYoung === -1 ? log.kept.length : firstYoung);
      if (drop > 0) log.kept.splice(0, drop);
    },
    async listEvents({ limit, cursor, ...filter }) {
      const before = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : Infinity;
      const matching = (logs.get(filter.organizationId)?.kept ?? []).filter(
        ({ number, event }) => number < before && matchesFilter(event, filter),
      );
      const page = matching.slice(-limit).toReversed();
      const last = page.at(-1);
      const events = page.map(({ event }) => event);
      return matching.length > limit && last !== undefined
        ? { events, nextCursor: String(last.number) }
        : { events };
    },
    async eraseFromEvents(organizationId, userId, erase) {
      const log = logs.get(organizationId);
      if (log === undefined) return;
      log.kept = log.kept.map(({ number, event }) => ({
        number,
        event: namesUser(event, userId) ? erase(event) : event,
      }));
    },
    async removeEvents(organizationId) {
      logs.delete(organizationId);
    },
  };
}

interface Waiting {
  readonly item: QueuedItem;
  readonly dueAt: number;
}

export function queuesIn(queues: Map<string, Map<string, Waiting>>): QueueStore {
  const itemsOf = (queue: string) => queues.get(queue) ?? new Map<string, Waiting>();
  const byDue = (queue: string) => [...itemsOf(queue).values()].toSorted((a, b) => a.dueAt - b.dueAt);

  return {
    async enqueue(queue, item, { dueAt, most }) {
      const items = itemsOf(queue);
      queues.set(queue, items);
      items.set(item.id, { item: { ...item }, dueAt });
      const tooMany = byDue(queue).slice(0, Math.max(0, items.size - most));
      for (const first of tooMany) items.delete(first.item.id);
      return tooMany.length;
    },
    async takeDue(queue, { now, latestAt = Infinity, limit, untilAt }) {
      const due = byDue(queue)
        .filter(({ dueAt }) => dueAt <= now || dueAt > latestAt)
        .slice(0, limit);
      for (const { item } of due) itemsOf(queue).set(item.id, { item, dueAt: untilAt });
      return due.map(({ item }) => item);
    },
    async listQueued(queue, limit) {
      return byDue(queue)
        .slice(0, limit)
        .map(({ item }) => item);
    },
    async removeQueued(queue, id) {
      itemsOf(queue).delete(id);
    },
    async removeQueuedOf(userId) {
      for (const items of queues.values())
        for (const { item } of items.values()) if (item.userId === userId) items.delete(item.id);
    },
  };
}
