import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Workbench } from './bench';
import { ROOT } from './bench';
import { guardMutantsOf } from './guard-mutants';
import type { Mutant } from './source';

/** Which tests reach which piece of code, found by running each test once on sources that say what they run through. */
export interface Coverage {
  /** The tests that reach this mutant's place, the likeliest to notice it first. */
  testsFor(file: string, mutant: Mutant): readonly string[];
}

/** Tests about the texts of the project, and those that need a browser or a cluster of their own. */
const LEFT_OUT =
  /architecture|tests\/(unit|integration)\/docs|sql-directory|bench|cluster|what-is-loaded|guarded-route|round-trips|tests\/e2e/;

export function probeOf(file: string, { start, end }: Pick<Mutant, 'start' | 'end'>): string {
  return `${file}:${start}-${end}`;
}

/** The source with a call in front of each place that a mutant changes. */
export function withProbes(file: string, text: string): string {
  const places = new Map<string, Mutant>();
  for (const mutant of guardMutantsOf(text)) {
    if (!isScript(text, mutant)) places.set(probeOf(file, mutant), mutant);
  }
  const inserts: { readonly at: number; readonly text: string; readonly depth: number }[] = [];
  for (const [probe, { start, end }] of places) {
    const isStatement = text[end - 1] === ';';
    const call = `globalThis.__reached?.(${JSON.stringify(probe)})`;
    const length = end - start;
    inserts.push({ at: start, text: isStatement ? `{${call};` : `(${call},`, depth: -length });
    inserts.push({ at: end, text: isStatement ? '}' : ')', depth: length });
  }
  let probed = text;
  // From the end, so that positions stay true; where two places begin or end together, the longer one is outside.
  const ordered = inserts.toSorted((one, other) => other.at - one.at || other.depth - one.depth);
  for (const insert of ordered) probed = probed.slice(0, insert.at) + insert.text + probed.slice(insert.at);
  return probed;
}

/** Scripts and statements of the database are text: whether they ran is not seen. */
function isScript(text: string, { start }: Mutant): boolean {
  return text[start] === '`';
}

function allTests(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .filter((name) => !LEFT_OUT.test(name));
}

export async function measureCoverage(bench: Workbench, print: (line: string) => void): Promise<Coverage> {
  const tests = ['tests/unit', 'tests/contract', 'tests/integration'].flatMap(allTests);
  const reached = new Map<string, { readonly test: string; readonly ms: number }[]>();
  const files = new Map<string, Set<string>>();
  const took = new Map<string, number>();
  for (const test of tests) {
    const startedAt = Date.now();
    const nothing = { file: 'src/index.ts', original: readFileSync(join(ROOT, 'src/index.ts'), 'utf8') };
    // oxlint-disable-next-line no-await-in-loop
    const verdict = await bench.tryOut({ ...nothing, text: nothing.original, tests: [test], probes: true });
    const ms = Date.now() - startedAt;
    if (verdict.is !== 'survived') {
      print(`not used: ${test} (${verdict.is} without any change: ${verdict.because.slice(0, 200)})`);
      // oxlint-disable-next-line no-await-in-loop
      await bench.renew();
      continue;
    }
    took.set(test, ms);
    for (const probe of verdict.reached ?? []) {
      reached.set(probe, [...(reached.get(probe) ?? []), { test, ms }]);
      const file = probe.slice(0, probe.lastIndexOf(':'));
      files.set(file, (files.get(file) ?? new Set()).add(test));
    }
  }
  print(`${took.size} of ${tests.length} tests ran, ${reached.size} places reached`);

  return {
    testsFor(file, mutant) {
      const found = reached.get(probeOf(file, mutant)) ?? [];
      const names = found.length > 0 ? found.map(({ test }) => test) : [...(files.get(file) ?? [])];
      const rank = (test: string) => distance(file, test) * 100_000 + (took.get(test) ?? 0);
      return names.toSorted((one, other) => rank(one) - rank(other));
    },
  };
}

/** Tests named after the file first, then unit and contract tests, then the rest by how long they take. */
function distance(file: string, test: string): number {
  const stem = basename(file, '.ts');
  if (basename(test) === `${stem}.test.ts`) return 0;
  const isStore = file.startsWith('src/stores/');
  if (isStore && test.startsWith('tests/contract/')) return 1;
  return test.startsWith('tests/unit/') ? 1 : 2;
}
