import { parseArgs } from 'node:util';
import { ACCEPTED } from './accepted';
import { openCoreBench, openGuardBench, type Verdict, type Workbench } from './bench';
import { coreTrials } from './core-trials';
import { tryGuards } from './guard-run';
import type { Accepted, Trial } from './trial';

// One change after the other has the machine to itself.
/* oxlint-disable no-await-in-loop */

// npm run test:mutation                 every mutant of core/, then every guard taken out
// npm run test:mutation -- core totp    the mutants of the files of core/ whose names begin with totp
// npm run test:mutation -- guards login the guards of the files whose paths match /login/
//
// For guards:
// --tests http/session      asks only the tests whose paths match
// --rules refusal,effect    only these rules of guard-mutants.ts: refusal, condition, default, effect, bound, script
// --seconds 60              no more than that for one guard: tests that take longer are not asked
// --sample 300 --seed 7     so many of them, spread over all files; the same ones for the same seed
// --shard 2/5               the second of five parts
// --measure                 finds out anew which tests reach which guards

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string', default: '' },
    rules: { type: 'string', default: '' },
    seconds: { type: 'string', default: 'Infinity' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    shard: { type: 'string' },
    measure: { type: 'boolean', default: false },
  },
});
const [what, part = ''] = positionals;

function readShard(text: string): { readonly nth: number; readonly of: number } {
  const [, nth, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (nth === undefined || of === undefined || nth < 1 || nth > of)
    throw new Error('--shard takes I/N, such as 2/5.');
  return { nth, of };
}

const CAUGHT: readonly Verdict['is'][] = ['killed', 'timed-out', 'ended'];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function reasonFor({ file, original, line, within, from, to }: Trial): string | undefined {
  const text = original.split('\n')[line - 1] ?? '';
  const isThis = (one: Accepted) =>
    file.endsWith(`/${one.file}`) &&
    (one.line === undefined || text.includes(one.line)) &&
    (one.within === undefined || one.within === within) &&
    one.from === from &&
    one.to === to;
  return ACCEPTED.find(isThis)?.reason;
}

/** Those that the same tests must notice, together. */
function groupByTests(trials: readonly Trial[]): readonly (readonly Trial[])[] {
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const key = trial.tests.toSorted().join();
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()];
}

/** Tests that fail without any change would kill every mutant. */
function tryUnchanged(trial: Trial, bench: Workbench): Promise<Verdict> {
  return bench.tryOut({ ...trial, text: trial.original });
}

/** Each change in turn, between two runs without any, so that nothing which one of them left behind passes for a kill. */
async function tryGroup(group: readonly Trial[], bench: Workbench): Promise<ReadonlyMap<Trial, Verdict>> {
  const [first] = group;
  const verdicts = new Map<Trial, Verdict>();
  if (first === undefined) return verdicts;
  let before = await tryUnchanged(first, bench);
  if (before.is !== 'survived') {
    await bench.renew();
    before = await tryUnchanged(first, bench);
  }
  const { because } = before;
  for (const trial of group) {
    verdicts.set(trial, before.is === 'survived' ? await bench.tryOut(trial) : { is: 'not-tried', because });
  }
  if (before.is !== 'survived' || (await tryUnchanged(first, bench)).is === 'survived') return verdicts;
  for (const trial of group) {
    await bench.renew();
    verdicts.set(trial, await bench.tryOut(trial));
  }
  await bench.renew();
  return verdicts;
}

/** Prints what became of each change, and counts those that are neither noticed nor accepted. */
function openReport() {
  const startedAt = Date.now();
  const counts = new Map<string, number>();
  let survivors = 0;
  return {
    add(trial: Trial, { is, because }: Verdict): void {
      const reason = is === 'survived' || is === 'undecided' ? reasonFor(trial) : undefined;
      const fate = reason === undefined ? is : 'accepted';
      counts.set(fate, (counts.get(fate) ?? 0) + 1);
      if (!CAUGHT.includes(is) && reason === undefined) survivors += 1;
      if (fate !== 'killed' || what !== undefined) print(`${fate}: ${trial.name}\n    ${reason ?? because}`);
    },
    close(title: string, count: number): number {
      const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
      print(`${title}: ${count} in ${minutes} minutes, ${JSON.stringify(Object.fromEntries(counts))}`);
      return survivors;
    },
  };
}

async function tryCore(): Promise<number> {
  const [report, bench, trials] = [openReport(), openCoreBench(), coreTrials(part)];
  for (const group of groupByTests(trials)) {
    for (const [trial, verdict] of await tryGroup(group, bench)) report.add(trial, verdict);
  }
  await bench.close();
  return report.close('Mutants of core/', trials.length);
}

async function tryAllGuards(): Promise<number> {
  const [report, bench] = [openReport(), await openGuardBench()];
  const selection = {
    sources: new RegExp(part),
    tests: { pattern: new RegExp(values.tests), isFresh: values.measure },
    rules: new RegExp(values.rules.replaceAll(',', '|')),
    seconds: Number(values.seconds),
    sample:
      values.sample === undefined ? undefined : { count: Number(values.sample), seed: Number(values.seed) },
    shard: values.shard === undefined ? undefined : readShard(values.shard),
  };
  const count = await tryGuards(selection, bench, report.add);
  await bench.close();
  return report.close('Guards taken out', count);
}

async function run(): Promise<void> {
  let survivors = 0;
  if (what !== 'guards') survivors += await tryCore();
  if (what !== 'core') survivors += await tryAllGuards();
  process.exitCode = survivors > 0 ? 1 : 0;
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
