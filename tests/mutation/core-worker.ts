import { ROOT } from './bench';
import type { Job, Verdict } from './bench';
import { createProjectLoader } from './project-loader';
import { openTestRun } from './test-run';

// Runs unit tests against one changed source of core/ after the other, all in memory: nothing is written.

const project = createProjectLoader(ROOT);
const testRun = openTestRun();

async function judge({ file, original, text, tests }: Job): Promise<Verdict> {
  try {
    project.change(file, text);
  } catch (error) {
    return { is: 'broken', because: String(error) };
  }
  let ran = 0;
  for (const test of tests) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      const found = await testRun.run(() => {
        project.load(test);
        // A test that does not load the file cannot tell.
        return text === original || project.isLoaded(file);
      });
      if (found.failed !== undefined) return { is: 'killed', because: found.failed };
      ran += found.ran;
    } catch (error) {
      return { is: 'killed', because: `${test} could not be loaded: ${String(error)}` };
    }
  }
  return { is: ran === 0 ? 'nothing-ran' : 'survived', because: '' };
}

/** What the process has been asked and has not answered. */
let asked = false;
/** How often nothing was left that could happen. */
let idle = 0;

function answer(verdict: Verdict): void {
  if (!asked) return;
  asked = false;
  process.channel?.ref();
  process.send?.(verdict);
}

process.on('message', (job: Job) => {
  asked = true;
  idle = 0;
  // Nothing but the tests keeps the process going, so that one which waits for ever is noticed at once.
  process.channel?.unref();
  void judge(job).then(answer);
});
process.on('beforeExit', () => {
  if (!asked) return;
  idle += 1;
  // A timer that keeps no process alive may still come.
  if (idle < 3) setTimeout(() => undefined, 5_000);
  else answer({ is: 'timed-out', because: 'It waits for what never comes.' });
});
process.on('disconnect', () => process.exit());
