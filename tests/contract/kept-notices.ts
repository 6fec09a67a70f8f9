import type { KeptNotice } from '../../src/records/queue-records';
import type { Records } from '../support/records';
import { NOW, newId } from './samples';

function aNotice(overrides: Partial<KeptNotice> = {}): KeptNotice {
  return {
    id: newId(),
    userId: newId(),
    organizationId: 'acme',
    sealedAddress: 'sealed',
    body: '{"kind":"member-reset"}',
    keptAt: NOW,
    attempts: 0,
    ...overrides,
  };
}

const KEEP = { dueAt: NOW + 60_000, most: 100 };
const CLAIM = { now: NOW + 60_000, latestAt: NOW + 3_660_000, limit: 10, untilAt: NOW + 120_000 };

/** What every record store does with notices that wait. There is one list of them for all users. */
export function describeKeptNotices(open: () => Records): void {
  const claimAll = async (now: number) => {
    const found = await open().notices.claim({ now, latestAt: now, limit: 1000, untilAt: now });
    await Promise.all(found.map(({ id }) => open().notices.drop(id)));
  };

  describe('notices that wait', () => {
    beforeEach(() => claimAll(NOW * 2));

    it('are taken when they are due, and then not again before the time is over', async () => {
      const notice = aNotice();
      await open().notices.keep(notice, KEEP);
      expect(await open().notices.claim({ ...CLAIM, now: NOW + 59_999 })).toEqual([]);
      expect(await open().notices.claim(CLAIM)).toEqual([notice]);
      expect(await open().notices.claim(CLAIM)).toEqual([]);
      expect(await open().notices.claim({ ...CLAIM, now: NOW + 120_000 })).toEqual([notice]);
    });

    it('are taken although a clock that was ahead put them off', async () => {
      const [due, late, believed] = [aNotice(), aNotice(), aNotice()];
      await open().notices.keep(due, KEEP);
      await open().notices.keep(late, { ...KEEP, dueAt: CLAIM.latestAt + 1 });
      await open().notices.keep(believed, { ...KEEP, dueAt: CLAIM.latestAt });
      expect(await open().notices.claim({ ...CLAIM, limit: 1 })).toEqual([due]);
      expect(await open().notices.claim(CLAIM)).toEqual([late]);
      expect(await open().notices.claim(CLAIM)).toEqual([]);
    });

    it('are taken as many at a time as are asked for', async () => {
      for (const notice of [aNotice(), aNotice()]) await open().notices.keep(notice, KEEP);
      expect(await open().notices.claim({ ...CLAIM, limit: 1 })).toHaveLength(1);
      expect(await open().notices.claim(CLAIM)).toHaveLength(1);
    });

    it('are taken by one of many processes', async () => {
      await Promise.all(Array.from({ length: 20 }, () => open().notices.keep(aNotice(), KEEP)));
      const claims = await Promise.all(Array.from({ length: 4 }, () => open().notices.claim(CLAIM)));
      const ids = claims.flat().map(({ id }) => id);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    });

    it('go when they are dropped, and are replaced under their id', async () => {
      const notice = aNotice();
      await open().notices.keep(notice, KEEP);
      await open().notices.keep({ ...notice, attempts: 1 }, { ...KEEP, dueAt: NOW });
      expect(await open().notices.claim({ ...CLAIM, now: NOW, untilAt: NOW })).toEqual([
        { ...notice, attempts: 1 },
      ]);
      await open().notices.drop(notice.id);
      expect(await open().notices.claim(CLAIM)).toEqual([]);
    });

    it('are dropped with their organization, and no others are', async () => {
      const [leaving, staying] = [aNotice({ organizationId: newId() }), aNotice()];
      await open().notices.keep(leaving, KEEP);
      await open().notices.keep(staying, KEEP);
      await open().notices.dropOf(leaving.organizationId);
      expect(await open().notices.claim(CLAIM)).toEqual([staying]);
    });

    it('are bounded: the first due make room and are counted', async () => {
      const first = aNotice();
      expect(await open().notices.keep(first, { dueAt: NOW, most: 2 })).toBe(0);
      expect(await open().notices.keep(aNotice(), { dueAt: NOW + 1, most: 2 })).toBe(0);
      expect(await open().notices.keep(aNotice(), { dueAt: NOW + 2, most: 2 })).toBe(1);
      const left = await open().notices.claim(CLAIM);
      expect(left).toHaveLength(2);
      expect(left.map(({ id }) => id)).not.toContain(first.id);
    });
  });
}
