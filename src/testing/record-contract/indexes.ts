import type { IndexEntry, IndexStore, QueueStore, QueuedItem } from '../../stores/record-store';
import { HOSTILE_IDS, NOW, newId } from '../samples';
import type { TestFramework } from '../test-framework';

const INDEXES = [
  'configured',
  'not-configured',
  'totp',
  'exempt',
  'locked',
  'federated',
  'waiting',
  'enrolled',
];

export function describeIndexes({ describe, it, expect }: TestFramework, open: () => IndexStore): void {
  const put = (organizationId: string, members: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
    open().indexMembers(
      organizationId,
      INDEXES,
      Object.entries(members).map(([userId, marks]) => ({ userId, marks })),
    );

  async function readAll(organizationId: string, index: string, limit: number): Promise<string[][]> {
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
    it('contain each member only as its latest marks say', async () => {
      const organizationId = newId();
      await put(organizationId, { ada: { configured: 0, totp: 0, enrolled: 2 }, mary: { configured: 0 } });
      await put(organizationId, { ada: { 'not-configured': 0, exempt: 5 } });
      expect(await readAll(organizationId, 'configured', 10)).toEqual([['mary']]);
      expect(await readAll(organizationId, 'totp', 10)).toEqual([]);
      expect(await open().listIndex({ organizationId, index: 'exempt', limit: 10 })).toEqual([
        { userId: 'ada', mark: 5 },
      ]);
      await put(organizationId, { ada: {}, mary: {} });
      for (const index of ['configured', 'not-configured', 'exempt', 'enrolled'] as const)
        expect(await open().countIndex({ organizationId, index })).toBe(0);
    });

    it('are emptied for one organization, and counted again afterwards', async () => {
      const [one, other] = [newId(), newId()];
      for (const organizationId of [one, other])
        await put(organizationId, { ada: { configured: 0, totp: 0 }, mary: { configured: 0 } });
      await open().removeIndexes(one, ['configured', 'waiting']);
      await open().removeIndexes(one, []);
      expect(await readAll(one, 'configured', 10)).toEqual([]);
      expect(await open().countIndex({ organizationId: one, index: 'configured' })).toBe(0);
      expect(await readAll(one, 'totp', 10)).toEqual([['ada']]);
      expect(await open().countIndex({ organizationId: other, index: 'configured' })).toBe(2);
      await put(one, { ada: { configured: 0 } });
      expect(await open().countIndex({ organizationId: one, index: 'configured' })).toBe(1);
    });

    it('count a range that holds nearly all of many members', async () => {
      const organizationId = newId();
      const members = Array.from({ length: 1500 }, (_, number) => [`user-${number}`, { exempt: number }]);
      await put(organizationId, Object.fromEntries(members));
      const count = (range: { readonly above?: number; readonly below?: number }) =>
        open().countIndex({ organizationId, index: 'exempt', ...range });
      expect(await count({ above: 9 })).toBe(1490);
      expect(await count({ below: 1400 })).toBe(1400);
      expect(await count({ above: 9, below: 1400 })).toBe(1390);
      expect(await count({ above: 200, below: 1201 })).toBe(1000);
      expect(await count({ above: 200, below: 1200 })).toBe(999);
      expect(await count({ above: 1499 })).toBe(0);
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

    it('continue after an entry that was removed or has moved', async () => {
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

    it('treat ranges of marks as exclusive', async () => {
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

    it('accept any text as an id', async () => {
      const organizationId = '{:}\ud800';
      await open().indexMembers(
        organizationId,
        INDEXES,
        HOSTILE_IDS.map((userId) => ({ userId, marks: { federated: 0 } })),
      );
      const found = (await readAll(organizationId, 'federated', 3)).flat();
      expect(new Set(found)).toEqual(new Set(HOSTILE_IDS));
      expect(found).toHaveLength(HOSTILE_IDS.length);
      expect(Object.prototype).not.toHaveProperty('federated');
    });

    it('accept many members at once', async () => {
      const organizationId = newId();
      const members = Array.from({ length: 1234 }, (_, n) => ({
        userId: `user-${n}`,
        marks: { configured: 0 },
      }));
      await open().indexMembers(organizationId, INDEXES, members);
      expect(await open().countIndex({ organizationId, index: 'configured' })).toBe(1234);
      await open().indexMembers(organizationId, INDEXES, []);
      expect((await readAll(organizationId, 'configured', 500)).map((page) => page.length)).toEqual([
        500, 500, 234,
      ]);
    });
  });
}

const QUEUE = 'notices';
const anItem = (overrides: Partial<QueuedItem> = {}): QueuedItem => ({
  id: newId(),
  userId: newId(),
  body: '{"kind":"member-reset"}',
  ...overrides,
});
const WHEN = { dueAt: NOW + 60_000, most: 100 };
const DUE = { now: NOW + 60_000, limit: 10, untilAt: NOW + 120_000 };

/** Each named queue is shared by all users. */
export function describeQueues(
  { describe, it, beforeEach, expect }: TestFramework,
  open: () => QueueStore,
): void {
  describe('a queue', () => {
    beforeEach(async () => {
      for (const queue of [QUEUE, 'jobs']) {
        const items = await open().listQueued(queue, 1000);
        await Promise.all(items.map(({ id }) => open().removeQueued(queue, id)));
      }
    });

    it('returns an item when it is due, and again only after it was postponed for the given time', async () => {
      const item = anItem({ userId: null });
      await open().enqueue(QUEUE, item, WHEN);
      expect(await open().takeDue(QUEUE, { ...DUE, now: NOW + 59_999 })).toEqual([]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([item]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([]);
      expect(await open().takeDue(QUEUE, { ...DUE, now: NOW + 120_000 })).toEqual([item]);
    });

    it('returns as many items as requested, those due first first', async () => {
      const [late, early] = [anItem(), anItem()];
      await open().enqueue(QUEUE, late, { ...WHEN, dueAt: NOW + 2 });
      await open().enqueue(QUEUE, early, { ...WHEN, dueAt: NOW + 1 });
      expect(await open().listQueued(QUEUE, 10)).toEqual([early, late]);
      expect(await open().listQueued(QUEUE, 1)).toEqual([early]);
      expect(await open().listQueued(QUEUE, 0)).toEqual([]);
      expect(await open().takeDue(QUEUE, { ...DUE, limit: 1 })).toEqual([early]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([late]);
    });

    it('gives each item to only one of many processes', async () => {
      await Promise.all(Array.from({ length: 20 }, () => open().enqueue(QUEUE, anItem(), WHEN)));
      const taken = await Promise.all(Array.from({ length: 4 }, () => open().takeDue(QUEUE, DUE)));
      const ids = taken.flat().map(({ id }) => id);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    });

    it('replaces an item with the same id, and no longer returns a removed item', async () => {
      const item = anItem();
      await open().enqueue(QUEUE, item, WHEN);
      await open().enqueue(QUEUE, { ...item, body: 'again' }, { ...WHEN, dueAt: NOW });
      expect(await open().takeDue(QUEUE, { ...DUE, now: NOW, untilAt: NOW })).toEqual([
        { ...item, body: 'again' },
      ]);
      await open().removeQueued(QUEUE, item.id);
      await open().removeQueued(QUEUE, item.id);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([]);
    });

    it('is limited: items due first are removed and counted', async () => {
      const first = anItem();
      expect(await open().enqueue(QUEUE, first, { dueAt: NOW, most: 2 })).toBe(0);
      expect(await open().enqueue(QUEUE, anItem(), { dueAt: NOW + 1, most: 2 })).toBe(0);
      expect(await open().enqueue(QUEUE, anItem(), { dueAt: NOW + 2, most: 2 })).toBe(1);
      const left = await open().takeDue(QUEUE, DUE);
      expect(left).toHaveLength(2);
      expect(left.map(({ id }) => id)).not.toContain(first.id);
    });

    it('loses all items about a forgotten user, in every queue, and no others', async () => {
      const [userId, other] = [newId(), anItem()];
      await open().enqueue(QUEUE, anItem({ userId }), WHEN);
      await open().enqueue(QUEUE, other, WHEN);
      await open().enqueue('jobs', anItem({ userId }), WHEN);
      await open().removeQueuedOf(userId);
      expect(await open().listQueued(QUEUE, 10)).toEqual([other]);
      expect(await open().listQueued('jobs', 10)).toEqual([]);
    });
  });
}
