import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { ROOT } from './bench';
import { mutantsOf } from './mutants';
import type { Trial } from './trial';

/** About the texts of the project, which a mutant in memory does not change. */
const TEXTS = ['architecture.test.ts', 'docs.test.ts', 'public-types.test.ts'];
/** They take seconds: asked when the others have noticed nothing. */
const SLOW = ['decide-enumerated.test.ts', 'recovery-code-factor.test.ts'];

const DECISIONS = [
  'decide-origins.test.ts',
  'decide.test.ts',
  'decide-challenge.test.ts',
  'decide-enrollment.test.ts',
  'decide-forbidden-factor.test.ts',
  'decide-step-up.test.ts',
  'policy-preview.test.ts',
  'factor-removal.test.ts',
];

/** Files that are tested through another. */
const NEAR: Readonly<Record<string, readonly string[]>> = {
  'decision-rules': DECISIONS,
  'usable-factors': DECISIONS,
  'factor-strength': DECISIONS,
  'factor-kind': DECISIONS,
  'constant-time': ['one-time-code.test.ts'],
  authenticator: ['defaults.test.ts'],
  member: DECISIONS,
  policy: ['policy-check.test.ts', 'defaults.test.ts', 'default-policy.test.ts'],
};

const unitTests = [
  '.',
  'core',
  'factors',
  'delivery',
  'options',
  'records',
  'flows',
  'http',
  'testing',
].flatMap((folder) =>
  readdirSync(join(ROOT, 'tests/unit', folder))
    .filter((name) => name.endsWith('.test.ts') && !TEXTS.includes(name))
    .map((name) => posix.join('tests/unit', folder, name)),
);

/** Every unit test, the nearest first: the first that fails ends the trial. */
function testsFor(file: string): readonly string[] {
  const stem = basename(file, '.ts');
  const distance = (test: string) => {
    const name = basename(test);
    if (name.startsWith(`${stem}.`)) return 0;
    if (NEAR[stem]?.includes(name) === true) return 1;
    if (SLOW.includes(name)) return 4;
    return new RegExp(`/core/(?:\\w+/)*${stem}'`).test(readFileSync(join(ROOT, test), 'utf8')) ? 2 : 3;
  };
  return unitTests.toSorted((left, right) => distance(left) - distance(right));
}

/** Every mutant of the files of core/ whose names begin so. */
export function coreTrials(part: string): Trial[] {
  const files = readdirSync(join(ROOT, 'src/core'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && basename(name).startsWith(part),
  );
  return files.flatMap((name) => {
    const file = `src/core/${name}`;
    const original = readFileSync(join(ROOT, file), 'utf8');
    const tests = testsFor(file);
    return mutantsOf(original).map(({ line, within, from, to, text }) => {
      const shown = `${from.replaceAll(/\s+/g, ' ')} → ${to.replaceAll(/\s+/g, ' ')}`;
      return { name: `${file}:${line} ${shown}`, file, line, within, original, text, from, to, tests };
    });
  });
}
