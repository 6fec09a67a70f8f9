import type { DailyCounts, IndexEntry, MarkRange, MemberIndex, MemberIndexStore } from '../member-index';
import { MEMBER_INDEXES } from '../member-index';

/** One index of one organization. What is sorted is thrown away at each change and sorted again when it is read. */
interface Index {
  readonly marks: Map<string, number>;
  sorted: readonly IndexEntry[] | null;
}

export interface IndexedOrganization {
  readonly indexes: Map<MemberIndex, Index>;
  readonly days: Map<string, DailyCounts>;
}

export function memberIndexesIn(organizations: Map<string, IndexedOrganization>): MemberIndexStore {
  function organizationOf(organizationId: string): IndexedOrganization {
    const known = organizations.get(organizationId);
    if (known !== undefined) return known;
    const begun: IndexedOrganization = { indexes: new Map(), days: new Map() };
    organizations.set(organizationId, begun);
    return begun;
  }

  function put(
    organizationId: string,
    index: MemberIndex,
    entry: { userId: string; mark: number | null },
  ): void {
    const { indexes } = organizationOf(organizationId);
    const found = indexes.get(index) ?? { marks: new Map(), sorted: null };
    indexes.set(index, found);
    const { userId, mark } = entry;
    if (found.marks.get(userId) === (mark ?? undefined)) return;
    found.sorted = null;
    if (mark === null) found.marks.delete(userId);
    else found.marks.set(userId, mark);
  }

  function entriesOf(organizationId: string, index: MemberIndex): readonly IndexEntry[] {
    const found = organizations.get(organizationId)?.indexes.get(index);
    if (found === undefined) return [];
    found.sorted ??= [...found.marks].map(([userId, mark]) => ({ userId, mark })).toSorted(byMark);
    return found.sorted;
  }

  return {
    async indexMembers(organizationId, members) {
      for (const { userId, marks } of members) {
        for (const index of MEMBER_INDEXES)
          put(organizationId, index, { userId, mark: marks[index] ?? null });
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
    async saveDailyCounts(organizationId, counts, keepDays) {
      const { days } = organizationOf(organizationId);
      days.set(counts.day, { ...counts });
      for (const day of [...days.keys()].toSorted().slice(0, -keepDays)) days.delete(day);
    },
    async listDailyCounts(organizationId) {
      const days = organizations.get(organizationId)?.days ?? new Map<string, DailyCounts>();
      return [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
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
