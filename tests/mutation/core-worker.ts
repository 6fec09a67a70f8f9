import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, sep } from 'node:path';
import { transformSync } from '@swc/core';
import * as fc from 'fast-check';
import { openTestRun } from './test-run';
import type { Job, Verdict } from './bench';

// Runs unit tests against one changed source of core/ after the other, all in memory: nothing is written.

const ROOT = join(__dirname, '..', '..');
const PROJECT = ['src', 'tests'].map((folder) => join(ROOT, folder) + sep);
const isOurs = (path: string) =>
  PROJECT.some((folder) => path.startsWith(folder)) && !path.startsWith(__dirname);

// The same examples for every change, or a change could die of luck.
fc.configureGlobal({ seed: 1 });

const testRun = openTestRun();
const compiled = new Map<string, string>();
let changed: { readonly path: string; readonly text: string } | undefined;

function compile(path: string, text: string): string {
  return transformSync(text, {
    filename: path,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
    sourceMaps: false,
  }).code;
}

function codeOf(path: string): string {
  if (path === changed?.path) return compile(path, changed.text);
  const known = compiled.get(path) ?? compile(path, readFileSync(path, 'utf8'));
  compiled.set(path, known);
  return known;
}

interface Compiling {
  _compile(code: string, path: string): void;
}
const extensions = (
  Module as unknown as { _extensions: Record<string, (module: Compiling, path: string) => void> }
)._extensions;
const loadAsBefore = extensions['.ts'];
extensions['.ts'] = (module, path) => {
  if (isOurs(path)) module._compile(codeOf(path), path);
  else loadAsBefore?.(module, path);
};

function forget(): void {
  for (const path of Object.keys(require.cache)) if (isOurs(path)) delete require.cache[path];
}

/** Whether the test loads the changed source at all. */
function load(test: string): boolean {
  require(join(ROOT, test));
  return changed !== undefined && require.cache[changed.path] !== undefined;
}

async function judge({ file, text, tests }: Job): Promise<Verdict> {
  changed = { path: join(ROOT, file), text };
  let ran = 0;
  try {
    compile(file, text);
  } catch (error) {
    return { is: 'broken', because: String(error) };
  }
  for (const test of tests) {
    forget();
    try {
      // oxlint-disable-next-line no-await-in-loop
      const found = await testRun.run(() => load(test));
      if (found.failed !== undefined) return { is: 'killed', because: found.failed };
      ran += found.ran;
    } catch (error) {
      return { is: 'killed', because: `${test} could not be loaded: ${String(error)}` };
    }
  }
  return { is: ran === 0 ? 'nothing-ran' : 'survived', because: '' };
}

process.on('message', (job: Job) => {
  void judge(job).then((verdict) => process.send?.(verdict));
});
process.on('disconnect', () => process.exit());
