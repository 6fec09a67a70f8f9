import { createBench, QUICK, THOROUGH } from './bench';
import { startBenchRedis } from './private-redis';
import { printRows, type Row } from './report';
import { measureCodeStepUnderHashes } from './rows/code-step-under-hashes';
import { measureEndingSessions } from './rows/ending-sessions';
import { measureGrowth } from './rows/growth';
import { measureGuardedRoute } from './rows/guarded-route';
import { measurePostgres } from './rows/postgres';
import { measureRedisMemory } from './rows/redis-memory';
import { measureRedisTraffic } from './rows/redis-traffic';
import { measureWholeLogin } from './rows/whole-login';
import { pin } from './server-process';

// npm run bench -- [--quick] [name of a row …]

const ROWS = {
  traffic: measureRedisTraffic,
  guard: measureGuardedRoute,
  login: measureWholeLogin,
  hashes: measureCodeStepUnderHashes,
  growth: measureGrowth,
  ending: measureEndingSessions,
  memory: measureRedisMemory,
  postgres: measurePostgres,
};

async function run(): Promise<void> {
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => !word.startsWith('--'));
  const redis = await startBenchRedis();
  // The load and Redis share a core, so that the servers have one to themselves.
  pin(process.pid, 1);
  const bench = createBench(redis, words.includes('--quick') ? QUICK : THOROUGH);
  const rows: Row[] = [];
  try {
    for (const [name, measure] of Object.entries(ROWS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      rows.push(...(await measure(bench)));
    }
  } finally {
    await redis.stop();
  }
  printRows(rows);
}

// The servers that were started end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
