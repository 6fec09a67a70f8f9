import type { Records } from '../../support/records';
import * as fc from 'fast-check';

import { KEEP, NOW, anEvent, newId } from '../samples';

/** What every record store does with events. */
export function describeEvents(open: () => Records): void {
  describe('events', () => {
    const readAll = async (
      organizationId: string,
      limit: number,
      filter: { userId?: string; name?: string } = {},
    ) => {
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

    it('lists the newest first, page by page, also within one millisecond', async () => {
      const organizationId = newId();
      for (let n = 1; n <= 5; n += 1)
        await open().appendEvents([anEvent({ organizationId, details: { n } })], KEEP);
      expect(await readAll(organizationId, 2)).toEqual([[5, 4], [3, 2], [1]]);
      expect(await readAll(organizationId, 5)).toEqual([[5, 4, 3, 2, 1]]);
    });

    it('gives back what was put in, and nothing of another organization', async () => {
      const event = anEvent({
        organizationId: newId(),
        userId: 'u',
        actorId: 'a',
        address: '192.0.2.1',
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
      expect(await readAll(organizationId, 2, { userId: 'even' })).toEqual([
        [12, 10],
        [8, 6],
        [4, 2],
      ]);
      expect(await readAll(organizationId, 2, { userId: 'odd', name: 'signed-out' })).toEqual([[9, 3]]);
    });

    it('keeps no more than it may, and nothing too old', async () => {
      const organizationId = newId();
      const append = (n: number, at: number, keep = KEEP) =>
        open().appendEvents([anEvent({ organizationId, at, details: { n } })], keep);
      // Ages count to the store's own clock at most.
      const past = Date.now() - 3 * KEEP.maxAgeSeconds * 1000;
      for (let n = 1; n <= 6; n += 1) await append(n, past + n, { ...KEEP, maxCount: 4 });
      expect(await readAll(organizationId, 10)).toEqual([[6, 5, 4, 3]]);
      await append(7, past + 5 + KEEP.maxAgeSeconds * 1000);
      expect(await readAll(organizationId, 10)).toEqual([[7, 6, 5]]);
    });

    it('neither loses what is young nor keeps what is old because of a process whose clock is ahead', async () => {
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

    it('keeps every young event, however the clocks of those who store them jump', async () => {
      const organizationId = newId();
      const now = Date.now();
      const jump = fc.integer({ min: -KEEP.maxAgeSeconds * 500, max: 400 * 86_400_000 });
      await fc.assert(
        fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 12 }), async (jumps) => {
          const before = (await readAll(organizationId, 100)).flat();
          for (const ahead of jumps)
            await open().appendEvents(
              [anEvent({ organizationId, at: now + ahead, details: { n: 0 } })],
              KEEP,
            );
          expect((await readAll(organizationId, 1000)).flat()).toHaveLength(before.length + jumps.length);
        }),
        { numRuns: 10 },
      );
    });

    it('takes events from a clock that is behind', async () => {
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

    it('begins at the newest where the cursor is none of its own', async () => {
      const organizationId = newId();
      await open().appendEvents([anEvent({ organizationId })], KEEP);
      for (const cursor of ['nonsense', '', '-', '(1-1', '__proto__', `${'9'.repeat(30)}-1`]) {
        const { events } = await open().listEvents({ organizationId, limit: 5, cursor });
        expect(events).toHaveLength(1);
      }
    });
  });
}
