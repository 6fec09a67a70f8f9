import type { Records } from '../support/records';
import type { BackgroundJob } from '../../src/records/background-jobs';

import { NOW, newId } from './samples';

function aJob(overrides: Partial<BackgroundJob> = {}): BackgroundJob {
  return {
    kind: 'forget-devices',
    organizationId: newId(),
    id: newId(),
    step: 0,
    cursor: null,
    done: 0,
    of: 12,
    people: 0,
    devices: 0,
    startedAt: NOW,
    startedBy: 'ada',
    plan: null,
    stopped: null,
    finishedAt: null,
    ...overrides,
  };
}

/** What every record store does with background jobs. */
export function describeBackgroundJobs(open: () => Records): void {
  const unfinished = async ({ organizationId }: BackgroundJob) =>
    (await open().listUnfinishedJobs())
      .filter((job) => job.organizationId === organizationId)
      .map(({ kind }) => kind);

  describe('background jobs', () => {
    it('begin once, however many ask at once', async () => {
      const organizationId = '{a}:b é\ud800';
      const asked = [1, 2, 3].map(() => aJob({ organizationId }));
      const current = await Promise.all(asked.map((job) => open().beginJob(job)));
      expect(new Set(current.map(({ id }) => id)).size).toBe(1);
      expect(await open().findJob(organizationId, 'forget-devices')).toEqual(current[0]);
      expect(await open().findJob(organizationId, 'roster-walk')).toBeUndefined();
      expect(await unfinished(aJob({ organizationId }))).toEqual(['forget-devices']);
    });

    it('let one of many go on with each step', async () => {
      const job = await open().beginJob(aJob());
      const next = { ...job, step: 1, cursor: 'page:2', done: 5, people: 2, devices: 3 };
      const advanced = await Promise.all([1, 2, 3].map(() => open().advanceJob(next)));
      expect(advanced.filter((went) => went)).toHaveLength(1);
      expect(await open().advanceJob({ ...next, step: 3 })).toBe(false);
      expect(await open().advanceJob({ ...next, step: 2, id: newId() })).toBe(false);
      expect(await open().findJob(job.organizationId, job.kind)).toEqual(next);
    });

    it('never begin by going on', async () => {
      const job = aJob({ step: 1 });
      expect(await open().advanceJob(job)).toBe(false);
      expect(await open().findJob(job.organizationId, job.kind)).toBeUndefined();
    });

    it('begin anew once the one before is finished', async () => {
      const first = await open().beginJob(aJob());
      const last = { ...first, step: 1, finishedAt: NOW + 1 };
      expect(await open().advanceJob(last)).toBe(true);
      expect(await unfinished(first)).toEqual([]);
      expect(await open().findJob(first.organizationId, first.kind)).toEqual(last);
      expect(await open().beginJob(first)).toEqual(last);
      expect(await unfinished(first)).toEqual([]);
      const second = aJob({ organizationId: first.organizationId });
      expect(await open().beginJob(second)).toEqual(second);
      expect(await open().advanceJob({ ...last, step: 2 })).toBe(false);
      expect(await unfinished(first)).toEqual(['forget-devices']);
      const walk = await open().beginJob(aJob({ organizationId: first.organizationId, kind: 'roster-walk' }));
      expect(walk.kind).toBe('roster-walk');
      expect((await unfinished(first)).toSorted()).toEqual(['forget-devices', 'roster-walk']);
    });

    it('are no longer found as unfinished once they are dropped with their organization', async () => {
      const [leaving, staying] = [await open().beginJob(aJob()), await open().beginJob(aJob())];
      await open().dropJobsOf(leaving.organizationId);
      expect(await unfinished(leaving)).toEqual([]);
      expect(await unfinished(staying)).toEqual(['forget-devices']);
    });
  });
}
