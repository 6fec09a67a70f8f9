import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, type SeenByTest, type Workbench } from './bench';
import { probeOf } from './instrument';
import type { Mutant } from './source';

/** Which tests reach which piece of code, found by running each test once on sources that say what they run through. */
export interface Coverage {
  /** The tests in which this mutant can make a difference, the cheapest first. */
  testsFor(file: string, mutant: Mutant): AskedTests;
}

export interface AskedTests {
  readonly tests: readonly string[];
  readonly cases: Readonly<Record<string, readonly number[]>>;
  /** How long each file of tests takes with these cases. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Tests about the texts of the project, and those that need a browser or a cluster of their own. */
const LEFT_OUT =
  /architecture|mutation-guards|tests\/(unit|integration)\/docs|sql-directory|bench|cluster|what-is-loaded|guarded-route|round-trips|tests\/e2e/;

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 24);
}

/**
 * What each test ran through is kept in the temporary folder until that test changes. A source that changed since is no
 * danger: a guard that seems not to be reached, or is asked of too few tests, is reported and never taken for noticed.
 */
function openCache(isFresh: boolean) {
  const format = ['source', 'guard-mutants', 'instrument'].map((name) => `tests/mutation/${name}.ts`);
  const folder = join(tmpdir(), 'express-mfa-coverage', hashOf(format));
  mkdirSync(folder, { recursive: true });
  const pathOf = (test: string) => join(folder, `${hashOf([test])}.json`);
  return {
    read(test: string): SeenByTest | undefined {
      const path = pathOf(test);
      return isFresh || !existsSync(path)
        ? undefined
        : (JSON.parse(readFileSync(path, 'utf8')) as SeenByTest);
    },
    write: (test: string, seen: SeenByTest) => writeFileSync(pathOf(test), JSON.stringify(seen)),
  };
}

async function measure(
  test: string,
  bench: Workbench,
  print: (line: string) => void,
): Promise<SeenByTest | undefined> {
  const file = 'src/index.ts';
  const text = readFileSync(join(ROOT, file), 'utf8');
  const verdict = await bench.tryOut({ file, original: text, text, tests: [test], probes: true });
  if (verdict.is === 'survived') return verdict.seen;
  print(`not used: ${test} (${verdict.is} without any change: ${verdict.because.slice(0, 200)})`);
  await bench.renew();
  return undefined;
}

/** Of the tests whose paths match. */
export async function measureCoverage(
  { pattern, isFresh }: { readonly pattern: RegExp; readonly isFresh: boolean },
  bench: Workbench,
  print: (line: string) => void,
): Promise<Coverage> {
  const cache = openCache(isFresh);
  const tests = ['tests/unit', 'tests/contract', 'tests/integration']
    .flatMap(filesIn)
    .filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.test(name) && pattern.test(name));
  const seenBy = new Map<string, SeenByTest>();
  for (const test of tests) {
    const known = cache.read(test);
    // oxlint-disable-next-line no-await-in-loop
    const seen = known ?? (await measure(test, bench, print));
    if (seen !== undefined) seenBy.set(test, seen);
    if (seen !== undefined && known === undefined) cache.write(test, seen);
  }
  print(`${seenBy.size} of ${tests.length} tests ran`);
  return coverageOf(seenBy);
}

export function coverageOf(seenBy: ReadonlyMap<string, SeenByTest>): Coverage {
  const byPlace = new Map<
    string,
    { readonly test: string; readonly whenTrue: number[]; readonly whenFalse: number[] }[]
  >();
  const byFile = new Map<string, Set<string>>();
  for (const [test, { places }] of seenBy) {
    for (const [place, [whenTrue, whenFalse]] of Object.entries(places)) {
      byPlace.set(place, [
        ...(byPlace.get(place) ?? []),
        { test, whenTrue: [...whenTrue], whenFalse: [...whenFalse] },
      ]);
      const file = place.slice(0, place.indexOf(':'));
      byFile.set(file, (byFile.get(file) ?? new Set()).add(test));
    }
  }
  const allCases = (test: string) => (seenBy.get(test)?.caseMs ?? []).map((_, at) => at);

  /** What happens while a file is set up may show in each of its tests. */
  function casesAt(
    place: string,
    noticedWhen: boolean | undefined,
  ): [test: string, cases: readonly number[]][] {
    return (byPlace.get(place) ?? []).flatMap(({ test, whenTrue, whenFalse }) => {
      const seen = [...(noticedWhen === false ? [] : whenTrue), ...(noticedWhen === true ? [] : whenFalse)];
      if (seen.length === 0) return [];
      return [[test, seen.includes(-1) ? allCases(test) : [...new Set(seen)].toSorted((a, b) => a - b)]];
    });
  }

  return {
    testsFor(file, mutant) {
      const isSeen = mutant.rule !== 'script';
      const found = isSeen
        ? casesAt(probeOf(file, mutant), mutant.noticedWhen)
        : [...(byFile.get(file) ?? [])].map((test): [string, readonly number[]] => [test, allCases(test)]);
      const cost = ([test, cases]: readonly [string, readonly number[]]) => {
        const { setupMs = 0, caseMs = [] } = seenBy.get(test) ?? {};
        return cases.reduce((sum, at) => sum + (caseMs[at] ?? 0), setupMs);
      };
      const ordered = found.toSorted((one, other) => cost(one) - cost(other));
      return {
        tests: ordered.map(([test]) => test),
        cases: Object.fromEntries(ordered),
        ms: Object.fromEntries(ordered.map((one) => [one[0], cost(one)])),
      };
    },
  };
}
