import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { runCLI } from 'jest';
import type { Job, Verdict } from './bench';

// Runs tests on real servers against one changed source, in a copy of the project that is its working directory.

const root = process.cwd();

async function judge({ file, original, text, tests }: Job): Promise<Verdict> {
  const path = join(root, file);
  try {
    parseSync(text, { syntax: 'typescript', target: 'es2023' });
    writeFileSync(path, text);
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
    if (results.numTotalTestSuites === 0) return { is: 'nothing-ran', because: '' };
    if (results.success) return { is: 'survived', because: '' };
    const failed = results.testResults
      .flatMap(({ testResults }) => testResults)
      .filter(({ status }) => status === 'failed');
    if (failed.length > 0)
      return { is: 'killed', because: failed.map(({ fullName }) => fullName).join('; ') };
    const messages = results.testResults.map(({ failureMessage }) => failureMessage);
    return { is: 'broken', because: messages.join('\n') };
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
