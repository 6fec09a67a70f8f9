import type { Records } from '../support/records';
import type { MemberIndex, MemberMarks } from '../../src/records/member-index';
import type { IndexEntry } from '../../src/stores/record-store';

import { newId } from './samples';

const HOSTILE_IDS = ['__proto__', 'constructor', 'a:b', '{a}', '%003a', '', 'é€😀', '\ud800', 'a\r\nb', ' '];

/** What every record store does with the indexes of members and the counts of days. */
export function describeMemberIndexes(open: () => Records): void {
  const put = (organizationId: string, members: Readonly<Record<string, MemberMarks>>) =>
    open().saveMemberMarks(
      organizationId,
      Object.entries(members).map(([userId, marks]) => ({ userId, marks })),
    );

  async function readAll(organizationId: string, index: MemberIndex, limit: number): Promise<string[][]> {
    const pages: string[][] = [];
    let after: IndexEntry | undefined;
    for (;;) {
      const page = await open().listIndex({
        organizationId,
        index,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      if (page.length === 0) return pages;
      pages.push(page.map(({ userId }) => userId));
      after = page.at(-1);
    }
  }

  describe('member indexes', () => {
    it('hold each member where the newest marks say, and nowhere else', async () => {
      const organizationId = newId();
      await put(organizationId, { ada: { configured: 0, totp: 0, enrolled: 2 }, mary: { configured: 0 } });
      await put(organizationId, { ada: { 'not-configured': 0, exempt: 5, totp: null } });
      expect(await readAll(organizationId, 'configured', 10)).toEqual([['mary']]);
      expect(await readAll(organizationId, 'totp', 10)).toEqual([]);
      expect(await open().listIndex({ organizationId, index: 'exempt', limit: 10 })).toEqual([
        { userId: 'ada', mark: 5 },
      ]);
      await put(organizationId, { ada: {}, mary: {} });
      for (const index of ['configured', 'not-configured', 'exempt', 'enrolled'] as const)
        expect(await open().countIndex({ organizationId, index })).toBe(0);
    });

    it('keep organizations apart', async () => {
      const [one, other] = [newId(), newId()];
      await put(one, { ada: { configured: 0 } });
      expect(await readAll(other, 'configured', 10)).toEqual([]);
      expect(await open().countIndex({ organizationId: other, index: 'configured' })).toBe(0);
    });

    it('are read page by page in the order of mark and id', async () => {
      const organizationId = newId();
      const ids = ['b', 'B', 'a', 'ab', '10', '9', 'z'];
      await put(organizationId, Object.fromEntries(ids.map((id) => [id, { waiting: id === 'z' ? 0 : 1 }])));
      const order = ['z', '10', '9', 'B', 'a', 'ab', 'b'];
      expect(await readAll(organizationId, 'waiting', 100)).toEqual([order]);
      expect(await readAll(organizationId, 'waiting', 3)).toEqual([
        order.slice(0, 3),
        order.slice(3, 6),
        order.slice(6),
      ]);
      const skipped = await open().listIndex({ organizationId, index: 'waiting', skip: 5, limit: 10 });
      expect(skipped.map(({ userId }) => userId)).toEqual(['ab', 'b']);
    });

    it('go on behind an entry that is gone or has moved', async () => {
      const organizationId = newId();
      await put(organizationId, { a: { locked: 1 }, b: { locked: 2 }, c: { locked: 2 }, d: { locked: 3 } });
      await put(organizationId, { b: { locked: 9 } });
      const behind = { userId: 'b', mark: 2 };
      const rest = await open().listIndex({ organizationId, index: 'locked', after: behind, limit: 10 });
      expect(rest.map(({ userId }) => userId)).toEqual(['c', 'd', 'b']);
      const never = { userId: 'zz', mark: 9 };
      expect(await open().listIndex({ organizationId, index: 'locked', after: never, limit: 10 })).toEqual(
        [],
      );
    });

    it('take ranges of marks without their ends', async () => {
      const organizationId = newId();
      const instant = 2_200_000_000_000;
      await put(organizationId, {
        a: { exempt: instant },
        b: { exempt: instant + 1 },
        c: { exempt: instant + 2 },
      });
      const within = { organizationId, index: 'exempt', above: instant, below: instant + 2 } as const;
      expect(await open().listIndex({ ...within, limit: 9 })).toEqual([{ userId: 'b', mark: instant + 1 }]);
      expect(await open().countIndex(within)).toBe(1);
      expect(await open().countIndex({ ...within, above: 0 })).toBe(2);
    });

    it('treat any id as any other', async () => {
      const organizationId = '{:}\ud800';
      await open().saveMemberMarks(
        organizationId,
        HOSTILE_IDS.map((userId) => ({ userId, marks: { federated: 0 } })),
      );
      const found = (await readAll(organizationId, 'federated', 3)).flat();
      expect(new Set(found)).toEqual(new Set(HOSTILE_IDS));
      expect(found).toHaveLength(HOSTILE_IDS.length);
      expect(Object.prototype).not.toHaveProperty('federated');
    });

    it('take many members at once', async () => {
      const organizationId = newId();
      const members = Array.from({ length: 1234 }, (_, n) => ({
        userId: `user-${n}`,
        marks: { configured: 0 },
      }));
      await open().saveMemberMarks(organizationId, members);
      expect(await open().countIndex({ organizationId, index: 'configured' })).toBe(1234);
      await open().saveMemberMarks(organizationId, []);
      expect((await readAll(organizationId, 'configured', 500)).map((page) => page.length)).toEqual([
        500, 500, 234,
      ]);
    });
  });

  describe('counts of days', () => {
    it('keep the last of each day and the newest days, oldest first', async () => {
      const organizationId = newId();
      const save = (day: string, configured: number) =>
        open().saveDailyCounts(organizationId, { day, members: 10, configured }, 3);
      await save('2039-12-31', 1);
      await save('2040-01-02', 3);
      await save('2040-01-01', 2);
      await save('2040-01-02', 4);
      expect(await open().listDailyCounts(organizationId)).toEqual([
        { day: '2039-12-31', members: 10, configured: 1 },
        { day: '2040-01-01', members: 10, configured: 2 },
        { day: '2040-01-02', members: 10, configured: 4 },
      ]);
      await save('2040-01-03', 5);
      expect((await open().listDailyCounts(organizationId)).map(({ configured }) => configured)).toEqual([
        2, 4, 5,
      ]);
      expect(await open().listDailyCounts(newId())).toEqual([]);
    });
  });
}
