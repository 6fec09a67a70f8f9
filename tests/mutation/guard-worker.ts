import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, SeenByTest, Verdict } from './bench';
import { withProbes } from './instrument';
import { createProjectLoader } from './project-loader';
import { openTestRun } from './test-run';

// Runs tests on real servers against one changed source. The change is written to the copy of the project that is the
// working directory, since tests start processes of their own.

const root = process.cwd();
const project = createProjectLoader(root);
const testRun = openTestRun();

/** Notes what each place comes to in each test. The sources with probes in them call it. */
function openNotes() {
  const places: Record<string, [Set<number>, Set<number>]> = {};
  let at = -1;
  let startedAt = Date.now();
  let setupMs = 0;
  const caseMs: number[] = [];
  const lap = () => {
    const ms = Date.now() - startedAt;
    startedAt += ms;
    return ms;
  };
  const note = (place: string, value: unknown) => {
    const sets = (places[place] ??= [new Set(), new Set()]);
    sets[value ? 0 : 1].add(at);
    return value;
  };
  return {
    note,
    onSetUp: () => {
      setupMs += lap();
      at = caseMs.length;
    },
    onEnd: () => {
      caseMs.push(lap());
      at = -1;
    },
    read(): SeenByTest {
      const lists = Object.entries(places).map(([place, [whenTrue, whenFalse]]) => [
        place,
        [[...whenTrue], [...whenFalse]],
      ]);
      return { setupMs: setupMs + lap(), caseMs, places: Object.fromEntries(lists) as SeenByTest['places'] };
    },
  };
}

/** A test that waits for what never comes is caught long before the process is given up. */
async function inTime<Value>(work: Promise<Value>, limitMs: number): Promise<Value | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  const first = await Promise.race([work, late]);
  clearTimeout(timer);
  return first;
}

/** What jest.config.ts loads before each test that is no unit test. */
const SET_UP = ['tests/support/fresh-database.ts', 'tests/support/cheap-hashes.ts'];

/** The source with all its changes, while it is loaded. */
let loaded: string | undefined;

/** Makes the change of this job the one that runs, and answers how its tests are loaded. */
function prepare({ file, text, switched, probes }: Job): (...files: readonly string[]) => void {
  Object.assign(globalThis, { __mutant: switched?.nth ?? -1 });
  if (switched !== undefined && loaded === switched.text) return project.loadTests;
  project.change(file, switched?.text ?? text, probes === true ? withProbes : undefined);
  loaded = undefined;
  return (...files) => {
    if (loaded === undefined) project.load(...files);
    else project.loadTests(...files);
    loaded = switched?.text;
  };
}

async function judge(job: Job): Promise<Verdict> {
  const { file, original, text, tests, cases = {}, ms = {}, probes } = job;
  const path = join(root, file);
  try {
    const notes = openNotes();
    Object.assign(globalThis, { __noted: notes.note });
    const load = prepare(job);
    writeFileSync(path, text);
    let ran = 0;
    for (const test of tests) {
      const running = testRun.run(
        () => {
          load(...(test.startsWith('tests/unit/') ? [] : SET_UP), test);
          return true;
        },
        { only: cases[test], ...(probes === true ? { onSetUp: notes.onSetUp, onEnd: notes.onEnd } : {}) },
      );
      const usualMs = ms[test];
      // oxlint-disable-next-line no-await-in-loop
      const found = await (usualMs === undefined ? running : inTime(running, 30_000 + 8 * usualMs));
      if (found === 'late') return { is: 'timed-out', because: `${test} did not end.`, by: test };
      if (found.failed !== undefined) return { is: 'killed', because: found.failed, by: test };
      ran += found.ran;
    }
    return {
      is: ran === 0 ? 'nothing-ran' : 'survived',
      because: '',
      ...(probes === true ? { seen: notes.read() } : {}),
    };
  } catch (error) {
    return { is: 'broken', because: String(error) };
  } finally {
    writeFileSync(path, original);
  }
}

process.on('message', (job: Job) => {
  void judge(job).then((verdict) => process.send?.(verdict));
});
process.on('disconnect', () => process.exit());
