import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBench, QUICK } from './bench';
import { loadLogins, loadPage } from './load';
import { startBenchRedis } from './private-redis';
import { pin } from './server-process';
import { SYSTEMS, type SystemName } from './systems';

// tsx tests/bench/profile.ts [system] [page|login]: where the CPU of a server goes, by package and by function.

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function packageOf(url: string): string {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(
    url.replace('node_modules/.express-mfa-bench', ''),
  );
  if (inPackage?.[1] !== undefined) return inPackage[1];
  if (url.startsWith('node:')) return 'node';
  return url === '' ? 'native' : 'own';
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: Node): string {
  return `${functionName} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}

function print(title: string, times: ReadonlyMap<string, number>, total: number, count: number): void {
  process.stdout.write(`\n${title}\n`);
  for (const [name, time] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, count))
    process.stdout.write(`  ${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}\n`);
}

/** Loading and the first seconds are left out, in which code is compiled. */
const MEASURED_SECONDS = 6;

function summarize(profile: Profile): void {
  const measuredFrom = profile.endTime - MEASURED_SECONDS * 1e6;
  let at = profile.startTime;
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  const inclusive = new Map<string, number>();
  const callerOf = new Map(
    profile.nodes.flatMap((caller) => (caller.children ?? []).map((child) => [child, caller] as const)),
  );
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = byId.get(id);
    const time = profile.timeDeltas[index] ?? 0;
    at += time;
    if (at < measuredFrom) continue;
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    total += time;
    const { functionName, url } = node.callFrame;
    const owner = functionName.startsWith('(') ? functionName : packageOf(url);
    packages.set(owner, (packages.get(owner) ?? 0) + time);
    functions.set(placeOf(node), (functions.get(placeOf(node)) ?? 0) + time);
    const callers = new Set<string>();
    for (let up: Node | undefined = node; up !== undefined; up = callerOf.get(up.id))
      callers.add(placeOf(up));
    for (const caller of callers) inclusive.set(caller, (inclusive.get(caller) ?? 0) + time);
  }
  print('by package', packages, total, 25);
  print('by function', functions, total, 70);
  print('by function, with what it calls', inclusive, total, 120);
}

async function run(): Promise<void> {
  const [name = 'express-mfa', what = 'page'] = process.argv.slice(2);
  const system = SYSTEMS[name as SystemName];
  const redis = await startBenchRedis();
  pin(process.pid, 1);
  const people = 20_000;
  await createBench(redis, QUICK).seed(people);
  const folder = mkdtempSync(join(tmpdir(), 'express-mfa-profile-'));
  const nodeArguments = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
  const server = await system.start({ redisUrl: redis.url, people, nodeArguments });
  let person = 0;
  const nextPerson = () => (person += 1) % people;
  const started = { system, server };
  const shot =
    what === 'page'
      ? await loadPage(started, { connections: 64, requests: 30_000, person: 1 })
      : await loadLogins(started, { connections: 16, logins: 5000, nextPerson });
  process.stdout.write(`${shot.cpuMicroseconds.toFixed(0)} µs CPU each\n`);
  await server.stop();
  await redis.stop();
  const [file = ''] = readdirSync(folder);
  summarize(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
