import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, type Verdict, type Workbench } from './bench';
import { measureCoverage, type Coverage } from './coverage';
import { guardMutantsOf } from './guard-mutants';
import type { Trial } from './trial';

// One change after the other has the machine to itself.
/* oxlint-disable no-await-in-loop */

/** Sources with guards. Those of core/ are changed in more ways by the other half of the run. */
function guardedFiles(part: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', 'src'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return listed.filter(
    (file) => file.endsWith('.ts') && !file.startsWith('src/core/') && new RegExp(part).test(file),
  );
}

export function guardTrials(file: string, coverage: Coverage): Trial[] {
  const original = readFileSync(join(ROOT, file), 'utf8');
  return guardMutantsOf(original).map((mutant) => {
    const { line, within, from, to, text } = mutant;
    const shown = `${from.replaceAll(/\s+/g, ' ')} → ${to.replaceAll(/\s+/g, ' ')}`;
    const name = `${file}:${line} ${within}: ${shown}`;
    return { name, file, line, within, original, text, from, to, tests: coverage.testsFor(file, mutant) };
  });
}

/** Tests that noticed a change of a file are asked first about the next one. */
function killersFirst(tests: readonly string[], killers: ReadonlyMap<string, number>): readonly string[] {
  const kills = (test: string) => killers.get(test) ?? 0;
  return tests.toSorted((one, other) => kills(other) - kills(one));
}

/**
 * Takes out every guard of the files that match, one file after the other. A test that notices something for the first time
 * in a file runs once more without any change, and all of them do at the end of the file: one that fails then too is left
 * out from there on, and what it said is not believed.
 */
export async function tryGuards(
  part: string,
  bench: Workbench,
  report: (trial: Trial, verdict: Verdict) => void,
): Promise<number> {
  const files = guardedFiles(part);
  const coverage = await measureCoverage(bench, (line) => console.error(line));
  const unstable = new Set<string>();
  let count = 0;
  for (const file of files) {
    const trials = guardTrials(file, coverage);
    count += trials.length;
    let verdicts = await tryFile(trials, bench, unstable);
    const killers = [...new Set([...verdicts.values()].flatMap(({ by }) => by ?? []))];
    const shaky: string[] = [];
    for (const test of killers) if (!(await passesUnchanged(trials[0], test, bench))) shaky.push(test);
    if (shaky.length > 0) {
      for (const test of shaky) unstable.add(test);
      verdicts = await tryFile(trials, bench, unstable);
    }
    for (const [trial, verdict] of verdicts) report(trial, verdict);
  }
  for (const test of unstable) console.error(`left out, since it failed without any change: ${test}`);
  return count;
}

async function passesUnchanged(trial: Trial | undefined, test: string, bench: Workbench): Promise<boolean> {
  if (trial === undefined) return true;
  const { is } = await bench.tryOut({ ...trial, text: trial.original, tests: [test] });
  if (is !== 'survived') await bench.renew();
  return is === 'survived';
}

async function tryFile(
  trials: readonly Trial[],
  bench: Workbench,
  unstable: Set<string>,
): Promise<ReadonlyMap<Trial, Verdict>> {
  const verdicts = new Map<Trial, Verdict>();
  const kills = new Map<string, number>();
  for (const trial of trials) {
    let verdict: Verdict;
    do {
      const tests = trial.tests.filter((test) => !unstable.has(test));
      verdict = await bench.tryOut({ ...trial, tests: killersFirst(tests, kills) });
      if (verdict.by === undefined || kills.has(verdict.by)) break;
      if (await passesUnchanged(trial, verdict.by, bench)) break;
      unstable.add(verdict.by);
    } while (unstable.size < 100);
    if (verdict.by !== undefined) kills.set(verdict.by, (kills.get(verdict.by) ?? 0) + 1);
    verdicts.set(trial, verdict);
  }
  return verdicts;
}
