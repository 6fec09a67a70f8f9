import type { IndexEntry, IndexStore, MarkRange } from '../index-store';

/** One index of one organization. What is sorted is thrown away at each change and sorted again when it is read. */
export interface Index {
  readonly marks: Map<string, number>;
  sorted: readonly IndexEntry[] | null;
}

/** By organization and name of index. */
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
