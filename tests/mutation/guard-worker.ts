import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Verdict } from './bench';
import { withProbes } from './coverage';
import { createProjectLoader } from './project-loader';
import { openTestRun } from './test-run';

// Runs tests on real servers against one changed source. The change is written to the copy of the project that is the
// working directory, since tests start processes of their own.

const root = process.cwd();
const project = createProjectLoader(root);
const testRun = openTestRun();

async function judge({ file, original, text, tests, probes }: Job): Promise<Verdict> {
  const path = join(root, file);
  try {
    const reached = new Set<string>();
    Object.assign(globalThis, { __reached: (probe: string) => void reached.add(probe) });
    project.change(file, text, probes === true ? withProbes : undefined);
    writeFileSync(path, text);
    let ran = 0;
    for (const test of tests) {
      // oxlint-disable-next-line no-await-in-loop
      const found = await testRun.run(() => {
        project.load(test);
        if (!test.startsWith('tests/unit/')) require(join(root, 'tests/support/fresh-database.ts'));
        return true;
      });
      if (found.failed !== undefined) return { is: 'killed', because: found.failed, by: test };
      ran += found.ran;
    }
    return { is: ran === 0 ? 'nothing-ran' : 'survived', because: '', reached: probes ? [...reached] : [] };
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
