import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBench, PACES } from './bench';
import { loadPage, loadStep, openLogin, signInPeople, type Shot } from './load';
import { startBenchRedis } from './private-redis';
import { startSystem } from './race';
import { pin } from './server-process';
import type { SystemName } from './systems';

// tsx tests/bench/profile.ts [system]: where the CPU of a server goes in the guard, the password step and the code step, by package and
// by function.

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

/** What the server did between two instants of the monotonic clock, in microseconds. */
interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function summarize(profile: Profile, { name, from, to }: Phase): void {
  let at = profile.startTime;
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  const inclusive = new Map<string, number>();
  const add = (times: Map<string, number>, key: string, time: number) =>
    times.set(key, (times.get(key) ?? 0) + time);
  const callerOf = new Map(
    profile.nodes.flatMap((caller) => (caller.children ?? []).map((child) => [child, caller] as const)),
  );
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = byId.get(id);
    const time = profile.timeDeltas[index] ?? 0;
    at += time;
    if (at < from || at > to || node === undefined || node.callFrame.functionName === '(idle)') continue;
    total += time;
    const { functionName, url } = node.callFrame;
    add(packages, functionName.startsWith('(') ? functionName : packageOf(url), time);
    add(functions, placeOf(node), time);
    const callers = new Set<string>();
    for (let up: Node | undefined = node; up !== undefined; up = callerOf.get(up.id))
      callers.add(placeOf(up));
    for (const caller of callers) add(inclusive, caller, time);
  }
  print(`${name}, by package`, packages, total, 20);
  print(`${name}, by function`, functions, total, 40);
  print(`${name}, by function, with what it calls`, inclusive, total, 80);
}

const PEOPLE = 12_000;
/** The first logins are left out, in which code is compiled. */
const WARM_UP = 3000;
const MEASURED = 4000;

async function run(): Promise<void> {
  const [system = 'express-mfa'] = process.argv.slice(2);
  const redis = await startBenchRedis();
  pin(process.pid, 1);
  const bench = createBench(redis, PACES.quick);
  await bench.seed(PEOPLE);
  const folder = mkdtempSync(join(tmpdir(), 'express-mfa-profile-'));
  const nodeArguments = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
  const started = await startSystem(bench, system as SystemName, { people: PEOPLE, nodeArguments });
  const requests = await signInPeople(started, WARM_UP);
  const phases: Phase[] = [];
  const nowMicroseconds = () => Number(process.hrtime.bigint() / 1000n);
  async function measure(name: string, act: () => Promise<Shot>): Promise<void> {
    const from = nowMicroseconds();
    const { cpuMicroseconds } = await act();
    phases.push({ name, from, to: nowMicroseconds() });
    process.stdout.write(`${name}: ${cpuMicroseconds.toFixed(0)} µs CPU each\n`);
  }
  await loadPage(started, { count: 5000, requests });
  await measure('guard', () => loadPage(started, { count: 20_000, requests }));
  const logins = Array.from({ length: MEASURED }, (_, index) => openLogin(WARM_UP + index));
  await measure('password step', () => loadStep(started, logins));
  await measure('code step', () => loadStep(started, logins));
  await started.server.stop();
  await redis.stop();
  const [file = ''] = readdirSync(folder);
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  for (const phase of phases) summarize(profile, phase);
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
