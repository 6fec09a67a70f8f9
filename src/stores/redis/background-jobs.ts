import { z } from 'zod';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import { JOB_KINDS, type BackgroundJob, type JobKind, type JobStore } from '../background-jobs';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, parseJson, toTexts } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/*
 * A job is a hash: `i` its id, `s` the steps done, `f` whether it is finished, `j` all of it as JSON.
 * A set of its own names the unfinished ones of every organization, each with its id, so that the end of one never
 * takes its successor out of the set.
 */

/** The job; its id and all of it. Answers with the one that stands. */
const BEGIN = defineScript(`
if redis.call('HGET', KEYS[1], 'f') == '0' then return redis.call('HGET', KEYS[1], 'j') end
redis.call('HSET', KEYS[1], 'i', ARGV[1], 's', ARGV[2], 'f', '0', 'j', ARGV[3])
return ARGV[3]
`);

/** The job; its id, the steps before, the steps now, whether it is finished, all of it. */
const ADVANCE = defineScript(`
local stored = redis.call('HMGET', KEYS[1], 'i', 's')
if stored[1] ~= ARGV[1] or stored[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 's', ARGV[3], 'f', ARGV[4], 'j', ARGV[5])
return 1
`);

const count = z.int().min(0);

const storedJob = z.object({
  kind: z.enum(JOB_KINDS),
  organizationId: z.string(),
  id: z.string(),
  step: count,
  cursor: z.string().nullable(),
  done: count,
  of: count.nullable(),
  people: count,
  devices: count,
  startedAt: z.int(),
  startedBy: z.string().nullable(),
  finishedAt: z.int().nullable(),
}) satisfies z.ZodType<BackgroundJob>;

export function jobsIn(redis: RedisCommands, keys: Keys): JobStore {
  async function findJob(organizationId: string, kind: JobKind): Promise<BackgroundJob | undefined> {
    const text = await redis.send('hget', keys.job(organizationId, kind), 'j');
    return text === null || text === undefined ? undefined : readJob(text, organizationId);
  }

  return {
    findJob,
    async beginJob(job) {
      // Named before it stands: a name without a job is found out when it is read, a job without a name never.
      await redis.send('sadd', keys.jobs(), nameOf(job));
      const args = [job.id, job.step, JSON.stringify(job)];
      const text = await redis.run(BEGIN, { keys: [keys.job(job.organizationId, job.kind)], args });
      const standing = readJob(text, job.organizationId);
      if (standing.id !== job.id) await redis.send('srem', keys.jobs(), nameOf(job));
      return standing;
    },
    async advanceJob(job) {
      const { id, step, finishedAt, organizationId, kind } = job;
      const args = [id, step - 1, step, finishedAt === null ? 0 : 1, JSON.stringify(job)];
      const advanced = isOne(await redis.run(ADVANCE, { keys: [keys.job(organizationId, kind)], args }));
      if (advanced && finishedAt !== null) await redis.send('srem', keys.jobs(), nameOf(job));
      return advanced;
    },
    async listUnfinishedJobs() {
      const names = toTexts(await redis.send('smembers', keys.jobs()), 'the names of jobs');
      const found = await Promise.all(
        names.map(async (name) => {
          const [kind, organization, id] = (name ?? '').split(':');
          const known = JOB_KINDS.find((one) => one === kind);
          if (known === undefined || organization === undefined) return undefined;
          const job = await findJob(decodeId(organization), known);
          return job?.id === id && job?.finishedAt === null ? job : undefined;
        }),
      );
      return found
        .filter((job) => job !== undefined)
        .map(({ organizationId, kind }) => ({ organizationId, kind }));
    },
  };
}

/** What the set of unfinished jobs knows a job by. */
function nameOf({ kind, organizationId, id }: BackgroundJob): string {
  return `${kind}:${encodeId(organizationId)}:${id}`;
}

function readJob(text: unknown, organizationId: string): BackgroundJob {
  if (typeof text !== 'string') throw unreadable('a job');
  const checked = storedJob.safeParse(parseJson(text, 'a job'));
  if (!checked.success || checked.data.organizationId !== organizationId) throw unreadable('a job');
  return checked.data;
}
