import { withoutPerson, type MfaEvent } from '../../events/events';
import type { EventQuery, EventStore } from '../../stores/event-store';
import { KEEP, NOW, anEvent, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export function describeEvents({ describe, it, expect }: TestFramework, open: () => EventStore): void {
  describe('events', () => {
    const readAll = async (organizationId: string, limit: number, filter: Partial<EventQuery> = {}) => {
      const pages: number[][] = [];
      let cursor: string | undefined;
      do {
        const query = { organizationId, limit, ...filter, ...(cursor === undefined ? {} : { cursor }) };
        const { events, nextCursor } = await open().listEvents(query);
        pages.push(events.map(({ details }) => Number(details['n'])));
        cursor = nextCursor;
      } while (cursor !== undefined);
      return pages;
    };

    it('lists the newest event first, page by page, also within one millisecond', async () => {
      const organizationId = newId();
      for (let n = 1; n <= 5; n += 1)
        await open().appendEvents([anEvent({ organizationId, details: { n } })], KEEP);
      expect(await readAll(organizationId, 2)).toEqual([[5, 4], [3, 2], [1]]);
      expect(await readAll(organizationId, 5)).toEqual([[5, 4, 3, 2, 1]]);
    });

    it('returns events as they were appended, and none of another organization', async () => {
      const event = anEvent({
        organizationId: newId(),
        userId: 'u',
        actorId: 'a',
        address: '192.0.2.1',
        loginId: 'l',
        details: { kind: 'totp', count: 3, replaced: false },
      });
      await open().appendEvents([event], KEEP);
      expect(await open().listEvents({ organizationId: event.organizationId, limit: 10 })).toEqual({
        events: [event],
      });
      expect(await open().listEvents({ organizationId: newId(), limit: 10 })).toEqual({ events: [] });
    });

    it('filters by user and by name, across pages', async () => {
      const organizationId = newId();
      for (let n = 1; n <= 12; n += 1) {
        const who = {
          userId: n % 2 === 0 ? 'even' : 'odd',
          name: n % 3 === 0 ? 'signed-out' : 'signed-in',
        } as const;
        await open().appendEvents([anEvent({ organizationId, ...who, details: { n } })], KEEP);
      }
      const even = { userIds: ['even', 'nobody'] };
      expect(await readAll(organizationId, 2, even)).toEqual([
        [12, 10],
        [8, 6],
        [4, 2],
      ]);
      const oddLeft = { userIds: ['odd'], names: ['signed-out', 'code-sent'] };
      expect(await readAll(organizationId, 2, oddLeft)).toEqual([[9, 3]]);
      expect((await readAll(organizationId, 5, { userIds: ['odd', 'even'] })).flat()).toHaveLength(12);
      expect(await readAll(organizationId, 5, { userIds: [] })).toEqual([[]]);
      expect(await readAll(organizationId, 5, { names: [] })).toEqual([[]]);
    });

    it('filters by time: `from` is inclusive and `to` exclusive', async () => {
      const organizationId = newId();
      const start = Date.now() - 1000;
      for (let n = 1; n <= 8; n += 1)
        await open().appendEvents([anEvent({ organizationId, at: start + n, details: { n } })], KEEP);
      const within = (from?: number, to?: number) =>
        readAll(organizationId, 3, {
          ...(from === undefined ? {} : { from: start + from }),
          ...(to === undefined ? {} : { to: start + to }),
        });
      expect(await within(3, 8)).toEqual([
        [7, 6, 5],
        [4, 3],
      ]);
      expect(await within(7)).toEqual([[8, 7]]);
      expect(await within(undefined, 2)).toEqual([[1]]);
      expect(await within(9)).toEqual([[]]);
      expect(await within(-400 * 86_400_000, 1)).toEqual([[]]);
    });

    it('erases a person from each event in place, and leaves other events unchanged', async () => {
      const [organizationId, other] = [newId(), newId()];
      const ada = `ada "é" {${newId()}}`;
      const events = [
        anEvent({ organizationId, userId: ada, address: '192.0.2.1', details: { n: 1, label: 'Phone' } }),
        anEvent({ organizationId, userId: 'mary', details: { n: 2 } }),
        anEvent({ organizationId, userId: 'mary', actorId: ada, details: { n: 3 } }),
        anEvent({ organizationId, details: { n: 4, target: ada } }),
        anEvent({ organizationId, userId: `${ada}2`, details: { n: 5 } }),
      ];
      for (const event of events) await open().appendEvents([event], KEEP);
      await open().appendEvents([anEvent({ organizationId: other, userId: ada, details: { n: 1 } })], KEEP);
      const erase = (event: MfaEvent) => withoutPerson(event, ada);
      await open().eraseFromEvents(organizationId, ada, erase);
      await open().eraseFromEvents(organizationId, ada, erase);
      expect((await open().listEvents({ organizationId, limit: 10 })).events.toReversed()).toEqual([
        anEvent({ organizationId, details: { n: 1 } }),
        events[1],
        anEvent({ organizationId, userId: 'mary', details: { n: 3 } }),
        anEvent({ organizationId, details: { n: 4 } }),
        events[4],
      ]);
      expect(await readAll(organizationId, 10, { userIds: [ada] })).toEqual([[]]);
      expect(await readAll(other, 10, { userIds: [ada] })).toEqual([[1]]);
      await open().appendEvents([anEvent({ organizationId, details: { n: 6 } })], KEEP);
      expect(await readAll(organizationId, 2)).toEqual([
        [6, 5],
        [4, 3],
        [2, 1],
      ]);
    });

    it('erases a person from a long log while others append to it', async () => {
      const organizationId = newId();
      const event = (n: number) =>
        anEvent({ organizationId, userId: n % 3 === 0 ? 'ada' : 'mary', details: { n } });
      const keep = { ...KEEP, maxCount: 2000 };
      const append = (from: number, to: number, userId?: string) =>
        open().appendEvents(
          Array.from({ length: to - from }, (_, n) => ({
            ...event(from + n),
            ...(userId === undefined ? {} : { userId }),
          })),
          keep,
        );
      await append(0, 1800);
      const appending = Array.from({ length: 10 }, (_, n) => append(1800 + 50 * n, 1850 + 50 * n, 'mary'));
      await Promise.all([
        open().eraseFromEvents(organizationId, 'ada', (one) => withoutPerson(one, 'ada')),
        ...appending,
      ]);
      const pages = await readAll(organizationId, 500);
      expect(pages.flat()).toHaveLength(2000);
      expect(new Set(pages.flat()).size).toBe(2000);
      expect((await readAll(organizationId, 500, { userIds: ['ada'] })).flat()).toEqual([]);
      const { events } = await open().listEvents({ organizationId, limit: 2000, names: ['signed-in'] });
      const wrong = events.filter(
        ({ userId, details: { n } }) => (userId === undefined) !== (Number(n) < 1800 && Number(n) % 3 === 0),
      );
      expect(wrong).toEqual([]);
    });

    it('removes all events of one organization only', async () => {
      const [organizationId, other] = [newId(), newId()];
      for (const id of [organizationId, other])
        await open().appendEvents([anEvent({ organizationId: id, details: { n: 1 } })], KEEP);
      await open().removeEvents(organizationId);
      await open().removeEvents(organizationId);
      expect(await readAll(organizationId, 5)).toEqual([[]]);
      expect(await readAll(other, 5)).toEqual([[1]]);
      await open().appendEvents([anEvent({ organizationId, details: { n: 2 } })], KEEP);
      expect(await readAll(organizationId, 5)).toEqual([[2]]);
    });

    it('stores nothing where there are no events', async () => {
      const organizationId = newId();
      await open().appendEvents([anEvent({ organizationId })], KEEP);
      await open().appendEvents([], KEEP);
      expect((await open().listEvents({ organizationId, limit: 5 })).events).toHaveLength(1);
    });

    it('keeps no more than the maximum count, and no events that are too old', async () => {
      const organizationId = newId();
      const append = (n: number, at: number, keep = KEEP) =>
        open().appendEvents([anEvent({ organizationId, at, details: { n } })], keep);
      // Ages are measured up to the store's own clock at most.
      const past = Date.now() - 3 * KEEP.maxAgeSeconds * 1000;
      for (let n = 1; n <= 6; n += 1) await append(n, past + n, { ...KEEP, maxCount: 4 });
      expect(await readAll(organizationId, 10)).toEqual([[6, 5, 4, 3]]);
      await append(7, past + 5 + KEEP.maxAgeSeconds * 1000);
      expect(await readAll(organizationId, 10)).toEqual([[7, 6, 5]]);
    });

    it('neither loses new events nor keeps old ones because of a process whose clock is ahead', async () => {
      const organizationId = newId();
      const append = (n: number, at: number) =>
        open().appendEvents([anEvent({ organizationId, at, details: { n } })], KEEP);
      const young = Date.now() - 60_000;
      await append(1, young);
      await append(2, young + 400 * 86_400_000);
      expect(await readAll(organizationId, 10)).toEqual([[2, 1]]);
      await append(3, young + 1);
      expect(await readAll(organizationId, 10)).toEqual([[3, 2, 1]]);
    });

    it('keeps every new event, however the clocks of the processes jump', async () => {
      const organizationId = newId();
      const now = Date.now();
      const [behind, ahead] = [-KEEP.maxAgeSeconds * 500, 400 * 86_400_000];
      // Each clock comes before and after each other clock.
      const clocks = [0, behind, ahead, 1, Math.trunc(ahead / 3), Math.trunc(behind / 7)];
      const jumps = clocks.flatMap((first) => clocks.flatMap((second) => [first, second]));
      for (const jump of jumps)
        await open().appendEvents([anEvent({ organizationId, at: now + jump, details: { n: 0 } })], KEEP);
      expect((await readAll(organizationId, 1000)).flat()).toHaveLength(jumps.length);
    });

    it('accepts events from a clock that is behind', async () => {
      const organizationId = newId();
      for (const [n, at] of [
        [1, NOW],
        [2, NOW - 5000],
        [3, NOW - 1],
      ] as const) {
        await open().appendEvents([anEvent({ organizationId, at, details: { n } })], KEEP);
      }
      expect(await readAll(organizationId, 2)).toEqual([[3, 2], [1]]);
    });

    it('starts at the newest event if the cursor is invalid', async () => {
      const organizationId = newId();
      await open().appendEvents([anEvent({ organizationId })], KEEP);
      for (const cursor of ['nonsense', '', '-', '(1-1', '__proto__', `${'9'.repeat(30)}-1`]) {
        const { events } = await open().listEvents({ organizationId, limit: 5, cursor });
        expect(events).toHaveLength(1);
      }
    });
  });
}
