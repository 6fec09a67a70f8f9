import type { QueuedItem, QueueStore } from '../../stores/queue-store';
import { NOW, newId } from '../samples';
import type { TestFramework } from '../test-framework';

const QUEUE = 'notices';
const anItem = (overrides: Partial<QueuedItem> = {}): QueuedItem => ({
  id: newId(),
  userId: newId(),
  body: '{"kind":"member-reset"}',
  ...overrides,
});
const WHEN = { dueAt: NOW + 60_000, most: 100 };
const DUE = { now: NOW + 60_000, limit: 10, untilAt: NOW + 120_000 };

/** What every record store does with queued work. There is one queue of a name for all users. */
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

    it('gives an item when it is due, and then not again before the time is over', async () => {
      const item = anItem({ userId: null });
      await open().enqueue(QUEUE, item, WHEN);
      expect(await open().takeDue(QUEUE, { ...DUE, now: NOW + 59_999 })).toEqual([]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([item]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([]);
      expect(await open().takeDue(QUEUE, { ...DUE, now: NOW + 120_000 })).toEqual([item]);
    });

    it('gives as many as are asked for, the first due first', async () => {
      const [late, early] = [anItem(), anItem()];
      await open().enqueue(QUEUE, late, { ...WHEN, dueAt: NOW + 2 });
      await open().enqueue(QUEUE, early, { ...WHEN, dueAt: NOW + 1 });
      expect(await open().listQueued(QUEUE, 10)).toEqual([early, late]);
      expect(await open().listQueued(QUEUE, 1)).toEqual([early]);
      expect(await open().takeDue(QUEUE, { ...DUE, limit: 1 })).toEqual([early]);
      expect(await open().takeDue(QUEUE, DUE)).toEqual([late]);
    });

    it('gives each item to one of many processes', async () => {
      await Promise.all(Array.from({ length: 20 }, () => open().enqueue(QUEUE, anItem(), WHEN)));
      const taken = await Promise.all(Array.from({ length: 4 }, () => open().takeDue(QUEUE, DUE)));
      const ids = taken.flat().map(({ id }) => id);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    });

    it('replaces an item of the same id, and lets go of one that is removed', async () => {
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

    it('is bounded: those due first make room and are counted', async () => {
      const first = anItem();
      expect(await open().enqueue(QUEUE, first, { dueAt: NOW, most: 2 })).toBe(0);
      expect(await open().enqueue(QUEUE, anItem(), { dueAt: NOW + 1, most: 2 })).toBe(0);
      expect(await open().enqueue(QUEUE, anItem(), { dueAt: NOW + 2, most: 2 })).toBe(1);
      const left = await open().takeDue(QUEUE, DUE);
      expect(left).toHaveLength(2);
      expect(left.map(({ id }) => id)).not.toContain(first.id);
    });

    it('loses everything about a user who is forgotten, in every queue, and nothing else', async () => {
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
