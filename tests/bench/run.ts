import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBench, PACES } from './bench';
import { installNode } from './install-rivals';
import { startBenchRedis } from './private-redis';
import { printOutcomes, writeOutcomes, type Outcome, type Row } from './report';
import { measureCodeStepUnderHashes } from './rows/code-step-under-hashes';
import { measureEndingSessions } from './rows/ending-sessions';
import { measureGrowth } from './rows/growth';
import { measureGuardedRoute } from './rows/guarded-route';
import { measureLatency } from './rows/latency';
import { measurePagesAndStart } from './rows/pages-and-start';
import { measurePostgres } from './rows/postgres';
import { measureRedisMemory } from './rows/redis-memory';
import { measureRedisTraffic } from './rows/redis-traffic';
import { measureSoak } from './rows/soak';
import { measurePasskeySignIn, measureWholeLogin } from './rows/whole-login';
import { findProgram } from '../support/programs';
import { pin } from './server-process';

const HELP = `npm run bench -- [--quick] [--node 22,24,26] [--write] [name of a row …]

  --quick   fewer rounds and members; ends within 8 minutes
  --trial   tries that every row runs; its figures mean nothing
  --node    fetches these versions of Node and compares them; without it, the Node that runs this
  --write   writes the table into docs/benchmarks.md and README.md
`;

const ROWS = {
  traffic: measureRedisTraffic,
  guard: measureGuardedRoute,
  latency: measureLatency,
  login: measureWholeLogin,
  passkey: measurePasskeySignIn,
  hashes: measureCodeStepUnderHashes,
  growth: measureGrowth,
  ending: measureEndingSessions,
  memory: measureRedisMemory,
  postgres: measurePostgres,
  pages: measurePagesAndStart,
  soak: measureSoak,
};

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    trial: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    node: { type: 'string', default: '' },
    /** Where a run on another Node leaves what it came to. */
    outcome: { type: 'string', default: '' },
  },
});

const versionOf = (program: 'redis-server' | 'postgres'): string =>
  /\d+(\.\d+)+/.exec(execFileSync(findProgram(program), ['--version'], { encoding: 'utf8' }))?.[0] ?? '';

async function measure(): Promise<Outcome> {
  const redis = await startBenchRedis();
  // The load and Redis share a core, so that the servers have one to themselves.
  pin(process.pid, 1);
  const pace = flags.trial ? PACES.trial : flags.quick ? PACES.quick : PACES.thorough;
  const bench = createBench(redis, pace);
  const rows: Row[] = [];
  const failed: string[] = [];
  try {
    for (const [name, measureRow] of Object.entries(ROWS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const startedAt = performance.now();
      try {
        rows.push(...(await measureRow(bench)));
      } catch (error) {
        // The others took minutes: they are worth having without it.
        console.error(error);
        failed.push(name);
      }
      bench.note(`${name}: ${Math.round((performance.now() - startedAt) / 1000)} s`);
    }
  } finally {
    await redis.stop();
  }
  const stores = `Redis ${versionOf('redis-server')}, PostgreSQL ${versionOf('postgres')}`;
  return { node: process.versions.node, stores, rows, failed };
}

/** The same on another Node, in a process of its own. */
function measureOn(major: string): Outcome {
  const file = join(mkdtempSync(join(tmpdir(), 'express-mfa-bench-')), 'outcome.json');
  const given = [flags.quick ? '--quick' : '', flags.trial ? '--trial' : ''].filter((flag) => flag !== '');
  const parameters = ['--import', 'tsx', __filename, '--outcome', file, ...given, ...wanted];
  const { status } = spawnSync(installNode(major), parameters, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`The run on Node ${major} ended with ${status ?? 'a signal'}.`);
  return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
}

async function run(): Promise<void> {
  const unknown = wanted.filter((name) => !(name in ROWS));
  if (flags.help || unknown.length > 0) {
    const names = `Rows: ${Object.keys(ROWS).join(', ')}\n`;
    process.stdout.write(
      unknown.length === 0 ? HELP + names : `No row is called ${unknown.join(', ')}. ${names}`,
    );
    process.exitCode = unknown.length === 0 ? 0 : 1;
    return;
  }
  const majors = flags.node.split(',').filter((major) => major !== '');
  const outcomes = majors.length === 0 ? [await measure()] : majors.map(measureOn);
  if (flags.outcome !== '') return writeFileSync(flags.outcome, JSON.stringify(outcomes[0]));
  printOutcomes(outcomes);
  if (flags.write) await writeOutcomes(outcomes);
  const failed = outcomes.flatMap((outcome) => outcome.failed);
  if (failed.length === 0) return;
  process.stdout.write(`Ended in an error: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

// The servers that were started end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

run().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
