import { Redis } from 'ioredis';
import { redisRecords } from '../../support/records';
import type { Bench } from '../bench';
import type { Row } from '../report';
import { median, pairedRatio, round } from '../statistics';

const SESSIONS = 100_000;
const REPEATS = 5;

/** Sessions of express-session as the rivals keep them, one in ten of the organization that is to be signed out. */
const SEED = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local text = '{"cookie":{"originalMaxAge":86400000,"httpOnly":true,"path":"/"},"passport":{"user":"u' .. i .. '"},"organization":' .. (i % 10) .. '}'
  redis.call('SET', 'plain:' .. i, text, 'EX', 86400)
end`;

async function scanAndDelete(redis: Redis): Promise<number> {
  let cursor = '0';
  let ended = 0;
  do {
    // Each page of the scan begins where the one before ended.
    const [next, keys] = await redis.scan(cursor, 'MATCH', 'plain:*', 'COUNT', 1000);
    cursor = next;
    if (keys.length === 0) continue;
    const texts = await redis.mget(keys);
    const hits = keys.filter((_, index) => texts[index]?.includes('"organization":7}') === true);
    ended += hits.length;
    if (hits.length > 0) await redis.unlink(hits);
  } while (cursor !== '0');
  return ended;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** Ending every session of an organization: one write of a new epoch, against looking for them. */
export async function measureEndingSessions(bench: Bench): Promise<readonly Row[]> {
  const redis = new Redis(bench.redis.url);
  const scans: number[] = [];
  const writes: number[] = [];
  for (let turn = 0; turn < REPEATS; turn += 1) {
    await redis.flushall();
    // A process that has seen the organization would take it for removed.
    const records = redisRecords(redis);
    for (let from = 0; from < SESSIONS; from += 10_000) await redis.eval(SEED, 0, from, from + 9999);
    // The first write of a connection costs what no other does.
    await records.replaceOrganizationEpoch('acme', { epoch: 'before', endedAt: 1 });
    writes.push(
      await timed(() => records.replaceOrganizationEpoch('acme', { epoch: `epoch ${turn}`, endedAt: 1 })),
    );
    scans.push(await timed(() => scanAndDelete(redis)));
  }
  await redis.flushall();
  redis.disconnect();
  bench.note(
    `ending sessions: ${round(median(writes), 3)} ms by one write, ${round(median(scans))} ms by SCAN`,
  );
  return [
    {
      what: 'ending the sessions of an organization among 100,000, against SCAN and delete',
      measured: pairedRatio(scans, writes),
      wanted: { atLeast: 1000 },
    },
  ];
}
