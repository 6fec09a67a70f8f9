import { establishEpoch, replaceEpoch } from '../core/member/settings-rules';
import { policyOf, savePolicy } from '../core/policy/policy-document';
import { decodeId, encodeId } from '../core/text/host-id';
import { organizationOwner } from '../stores/document-store';
import type { QueueStore } from '../stores/record-store';
import type { BackgroundJob, JobKind } from './background-jobs';
import type { Documents } from './documents';
import { ADOPTION, JOBS, POLICY } from './formats';
import type { Records } from './records';

type MethodNames =
  | 'findPolicy'
  | 'savePolicy'
  | 'establishOrganizationEpoch'
  | 'replaceOrganizationEpoch'
  | 'saveDailyCounts'
  | 'listDailyCounts'
  | 'beginJob'
  | 'advanceJob'
  | 'findJob'
  | 'listUnfinishedJobs'
  | 'dropJobsOf';

const CREATES = { creates: true } as const;

/** The queue that lists the unfinished jobs of all organizations. */
const JOB_QUEUE = 'jobs';
const MOST_JOBS = 100_000;

export function organizationRecordsIn(documents: Documents, queue: QueueStore): Pick<Records, MethodNames> {
  async function findJob(organizationId: string, kind: JobKind): Promise<BackgroundJob | undefined> {
    const { jobs } = await documents.read(organizationOwner(organizationId), JOBS);
    const job = jobs.find((one) => one.kind === kind);
    return job === undefined ? undefined : { ...job, organizationId };
  }

  return {
    async findPolicy(organizationId) {
      const document = await documents.read(organizationOwner(organizationId), POLICY);
      const { epoch, sessionsEndedAt } = document;
      return { policy: policyOf(document, organizationId), epoch, sessionsEndedAt };
    },
    savePolicy: (policy, expectedVersion) =>
      documents.change(
        organizationOwner(policy.organizationId),
        [POLICY],
        ([document]) => {
          const { next, outcome } = savePolicy(document, policy, expectedVersion);
          return { next: [next], outcome };
        },
        CREATES,
      ),
    establishOrganizationEpoch: (organizationId, candidate) =>
      documents.change(
        organizationOwner(organizationId),
        [POLICY],
        ([document]) => {
          const { next, outcome } = establishEpoch(document, candidate);
          return { next: [next], outcome };
        },
        { ...CREATES, begins: true },
      ),
    replaceOrganizationEpoch: (organizationId, end) =>
      documents.change(
        organizationOwner(organizationId),
        [POLICY],
        ([document]) => ({ next: [replaceEpoch(document, end)], outcome: undefined }),
        { ...CREATES, isUrgent: true },
      ),

    saveDailyCounts: (organizationId, counts, keepDays) =>
      documents.change(
        organizationOwner(organizationId),
        [ADOPTION],
        ([document]) => {
          const others = document.days.filter(({ day }) => day !== counts.day);
          const days = [...others, counts].toSorted((one, other) => (one.day < other.day ? -1 : 1));
          return { next: [{ ...document, days: days.slice(-keepDays) }], outcome: undefined };
        },
        CREATES,
      ),
    async listDailyCounts(organizationId) {
      return (await documents.read(organizationOwner(organizationId), ADOPTION)).days;
    },

    findJob,
    async beginJob(begun) {
      const { organizationId, ...job } = begun;
      const { kind, startedAt } = job;
      // Write the queue entry first. An entry without a job is detected when it is read; a job without an entry would never be
      // found.
      await queue.enqueue(JOB_QUEUE, toItem(begun), { dueAt: startedAt, most: MOST_JOBS });
      const current = await documents.change(
        organizationOwner(organizationId),
        [JOBS],
        ([document]) => {
          const found = document.jobs.find((one) => one.kind === kind);
          if (found !== undefined && (found.finishedAt === null || found.id === job.id))
            return { next: [document], outcome: { ...found, organizationId } };
          const others = document.jobs.filter((one) => one.kind !== kind);
          return { next: [{ ...document, jobs: [...others, job] }], outcome: begun };
        },
        CREATES,
      );
      if (current.id !== begun.id || current.finishedAt !== null)
        await queue.removeQueued(JOB_QUEUE, begun.id);
      return current;
    },
    async advanceJob(advanced) {
      const { organizationId, ...job } = advanced;
      const isAdvanced = await documents.change(organizationOwner(organizationId), [JOBS], ([document]) => {
        const current = document.jobs.find((one) => one.kind === job.kind);
        if (current?.id !== job.id || current.step !== job.step - 1)
          return { next: [document], outcome: false };
        const others = document.jobs.filter((one) => one.kind !== job.kind);
        // Values that were erased during the step stay erased.
        const { startedBy, plan } = current;
        const kept = {
          startedBy: startedBy === null ? null : job.startedBy,
          plan: plan === null ? null : job.plan,
        };
        return { next: [{ ...document, jobs: [...others, { ...job, ...kept }] }], outcome: true };
      });
      if (isAdvanced && job.finishedAt !== null) await queue.removeQueued(JOB_QUEUE, job.id);
      return isAdvanced;
    },
    async dropJobsOf(organizationId) {
      const jobs = await queue.listQueued(JOB_QUEUE, MOST_JOBS);
      const own = jobs.filter(({ body }) => toName(body).organizationId === organizationId);
      await Promise.all(own.map(({ id }) => queue.removeQueued(JOB_QUEUE, id)));
    },
    async listUnfinishedJobs() {
      const items = await queue.listQueued(JOB_QUEUE, MOST_JOBS);
      const named = items.map(({ body }) => toName(body));
      const found = await Promise.all(named.map(({ organizationId, kind }) => findJob(organizationId, kind)));
      return named.filter((_, place) => found[place]?.finishedAt === null);
    },
  };
}

/** Each job has its own item, so that the end of one never removes its successor from the queue. */
function toItem({ id, organizationId, kind }: BackgroundJob) {
  return { id, userId: null, body: JSON.stringify({ organization: encodeId(organizationId), kind }) };
}

function toName(body: string): { readonly organizationId: string; readonly kind: JobKind } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { organization, kind } = JSON.parse(body) as { organization: string; kind: JobKind };
  return { organizationId: decodeId(organization), kind };
}
