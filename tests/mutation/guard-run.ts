import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, type Job, type Verdict, type Workbench } from './bench';
import { measureCoverage, type AskedTests, type Coverage } from './coverage';
import { guardMutantsOf } from './guard-mutants';
import { withSwitches } from './instrument';
import { sampleOf, shardOf } from './sampling';
import type { Trial } from './trial';

// One change after the other has the machine to itself.
/* oxlint-disable no-await-in-loop */

export interface GuardSelection {
  /** Which sources, by their paths. */
  readonly sources: RegExp;
  /** Which tests are asked, by their paths, and whether they are measured again. */
  readonly tests: { readonly pattern: RegExp; readonly isFresh: boolean };
  /** Which rules of `guard-mutants`. */
  readonly rules: RegExp;
  /** How many seconds of tests are spent on a guard that no test notices; the rest are not asked. */
  readonly seconds: number;
  readonly sample?: { readonly count: number; readonly seed: number } | undefined;
  readonly shard?: { readonly nth: number; readonly of: number } | undefined;
}

export type GuardTrial = Trial & AskedTests & { readonly switched: NonNullable<Job['switched']> };

/** Sources with guards. Those of core/ are changed in more ways by the other half of the run. */
function guardedFiles(sources: RegExp): readonly string[] {
  const listed = execFileSync('git', ['ls-files', 'src'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return listed.filter((file) => file.endsWith('.ts') && !file.startsWith('src/core/') && sources.test(file));
}

export function guardTrials(file: string, coverage: Coverage, rules = /./): GuardTrial[] {
  const original = readFileSync(join(ROOT, file), 'utf8');
  const all = withSwitches(original);
  return guardMutantsOf(original).flatMap((mutant, nth) => {
    const { line, within, from, to, text, rule } = mutant;
    if (!rules.test(rule)) return [];
    const shown = `${from.replaceAll(/\s+/g, ' ')} → ${to.replaceAll(/\s+/g, ' ')}`;
    const name = `${file}:${line} ${within}: ${shown}`;
    const change = { name, file, line, within, original, text, from, to, switched: { text: all, nth } };
    return [{ ...change, ...coverage.testsFor(file, mutant) }];
  });
}

/** The cheapest tests first, and those that noticed a change of this file before are worth more. */
function likeliestFirst(trial: GuardTrial, kills: ReadonlyMap<string, number>): readonly string[] {
  const rank = (test: string) => (trial.ms[test] ?? 0) / (1 + (kills.get(test) ?? 0));
  return trial.tests.toSorted((one, other) => rank(one) - rank(other));
}

/** As many of the tests as can run in the given time, and at least one. */
function affordable(tests: readonly string[], ms: GuardTrial['ms'], seconds: number): readonly string[] {
  let left = seconds * 1000;
  return tests.filter((test, at) => {
    left -= ms[test] ?? 0;
    return at === 0 || left >= 0;
  });
}

/**
 * Takes guards out, one file after the other. Tests that notice something for the first time in a file run once more without
 * any change, and so does each file of tests at the end of the file: one that fails then too is left out from there on, and
 * what it said is not believed.
 */
export async function tryGuards(
  { sources, tests, rules, seconds, sample, shard }: GuardSelection,
  bench: Workbench,
  report: (trial: Trial, verdict: Verdict) => void,
): Promise<number> {
  const coverage = await measureCoverage(tests, bench, (line) => console.error(line));
  const everything = guardedFiles(sources).flatMap((file) => guardTrials(file, coverage, rules));
  const sampled = sample === undefined ? everything : sampleOf(everything, sample.count, sample.seed);
  const trials = shard === undefined ? sampled : shardOf(sampled, shard);
  const unstable = new Set<string>();
  for (const file of new Set(trials.map((trial) => trial.file))) {
    const ofFile = trials.filter((trial) => trial.file === file);
    let { verdicts, believed } = await tryFile(ofFile, bench, { unstable, seconds });
    const shaky: string[] = [];
    for (const [test, trial] of believed)
      if (!(await passesUnchanged(trial, test, { bench, loading: 'alone' }))) shaky.push(test);
    if (shaky.length > 0) {
      for (const test of shaky) unstable.add(test);
      ({ verdicts, believed } = await tryFile(ofFile, bench, { unstable, seconds }));
    }
    for (const [trial, verdict] of verdicts) report(trial, verdict);
  }
  for (const test of unstable) console.error(`left out, since it failed without any change: ${test}`);
  return trials.length;
}

/** How a change is loaded: with all others of its file, or alone, which takes longer and is asked of what seems to survive. */
type Loading = 'switched' | 'alone';

function jobFor(trial: GuardTrial, tests: readonly string[], loading: Loading): Job {
  const { file, original, text, switched, cases, ms } = trial;
  return { file, original, text, tests, cases, ms, ...(loading === 'switched' ? { switched } : {}) };
}

async function passesUnchanged(
  trial: GuardTrial,
  test: string,
  { bench, loading }: { readonly bench: Workbench; readonly loading: Loading },
): Promise<boolean> {
  const { original, switched } = trial;
  const unchanged = { ...trial, text: original, switched: { ...switched, nth: -1 } };
  const { is } = await bench.tryOut(jobFor(unchanged, [test], loading));
  if (is !== 'survived') await bench.renew();
  return is === 'survived';
}

interface FileResult {
  readonly verdicts: ReadonlyMap<Trial, Verdict>;
  /** The files of tests that noticed something, each with the last change that it noticed. */
  readonly believed: ReadonlyMap<string, GuardTrial>;
}

async function tryFile(
  trials: readonly GuardTrial[],
  bench: Workbench,
  { unstable, seconds }: { readonly unstable: Set<string>; readonly seconds: number },
): Promise<FileResult> {
  const verdicts = new Map<Trial, Verdict>();
  const kills = new Map<string, number>();
  const believed = new Map<string, GuardTrial>();
  /** Tests that pass on their own without any change. A test may need one in front of it. */
  const known = new Map<string, boolean>();

  async function isStable(trial: GuardTrial, test: string, loading: Loading): Promise<boolean> {
    const key = `${loading} ${test} ${trial.cases[test]?.join() ?? ''}`;
    const stable = known.get(key) ?? (await passesUnchanged(trial, test, { bench, loading }));
    known.set(key, stable);
    return stable;
  }

  async function tryTrial(given: GuardTrial, loading: Loading): Promise<Verdict> {
    let trial = given;
    for (;;) {
      const stable = likeliestFirst(trial, kills).filter((test) => !unstable.has(test));
      if (stable.length === 0) return { is: 'nothing-ran', because: 'no test gets there' };
      const tests = affordable(stable, trial.ms, seconds);
      const verdict = await bench.tryOut(jobFor(trial, tests, loading));
      if (verdict.is === 'survived') {
        const because = `${tests.length} of ${stable.length} files of tests were asked`;
        return { ...verdict, is: tests.length < stable.length ? 'undecided' : 'survived', because };
      }
      // A source that cannot be loaded any more.
      const by = verdict.is === 'broken' && loading === 'alone' ? tests[0] : verdict.by;
      if (by === undefined) return verdict;
      if (await isStable(trial, by, loading))
        return { ...verdict, is: verdict.is === 'broken' ? 'killed' : verdict.is, by };
      if (loading === 'switched') return { is: 'survived', because: 'a change before left something behind' };
      // All its cases as a whole may pass; a test may need the one in front of it.
      const { [by]: some, ...others } = trial.cases;
      if (some === undefined) unstable.add(by);
      else trial = { ...trial, cases: others };
    }
  }

  for (const trial of trials) {
    const startedAt = Date.now();
    let verdict = await tryTrial(trial, 'switched');
    if (/survived|undecided|broken/.test(verdict.is)) verdict = await tryTrial(trial, 'alone');
    if (verdict.by !== undefined) {
      kills.set(verdict.by, (kills.get(verdict.by) ?? 0) + 1);
      believed.set(verdict.by, trial);
    }
    verdicts.set(trial, verdict);
    console.error(`${verdict.is} in ${Date.now() - startedAt} ms: ${trial.name}`);
  }
  return { verdicts, believed };
}
