import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCLI } from 'jest';

// Runs tests against one changed source after the other, in a copy of the project that is its working directory.

export interface Job {
  readonly file: string;
  readonly original: string;
  readonly text: string;
  readonly tests: readonly string[];
}

export interface Verdict {
  readonly is: 'killed' | 'survived' | 'nothing-ran';
  /** What the first test that failed said. */
  readonly because?: string;
}

const root = process.cwd();

async function judge({ file, original, text, tests }: Job): Promise<Verdict> {
  const path = join(root, file);
  writeFileSync(path, text);
  // The run before has stopped its Redis.
  delete process.env['TEST_REDIS_URL'];
  try {
    const { results } = await runCLI(
      {
        _: [...tests],
        $0: 'jest',
        runInBand: true,
        bail: 1,
        silent: true,
        reporters: [],
        watchman: false,
        ci: true,
      },
      [root],
    );
    if (results.numTotalTestSuites === 0) return { is: 'nothing-ran' };
    if (results.success) return { is: 'survived' };
    const failed = results.testResults.find(({ failureMessage }) => Boolean(failureMessage));
    return { is: 'killed', because: failed?.failureMessage ?? 'nothing said' };
  } catch (error) {
    return { is: 'killed', because: String(error) };
  } finally {
    writeFileSync(path, original);
  }
}

process.on('message', (job: Job) => {
  void judge(job).then((verdict) => process.send?.(verdict));
});
