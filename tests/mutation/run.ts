import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { ACCEPTED } from './accepted';
import { openWorkbench, ROOT } from './bench';
import type { Fate } from './bench';
import { GUARDS } from './guards';
import { mutantsOf } from './mutants';
import type { Mutant } from './mutants';

// npm run test:mutation                 every mutant of core/, then every guard taken out
// npm run test:mutation -- core totp    the mutants of the files of core/ whose names begin with totp
// npm run test:mutation -- guards login the guards whose names hold "login"
// npm run test:mutation -- core totp near   with the nearest tests alone: quick, and survivors are to be tried again

const [what, part = '', reach] = process.argv.slice(2);

/** They walk the whole space of decisions and take a minute each. */
const SLOW = ['tests/unit/core/decide-enumerated.test.ts'];
/** About the texts of the project, which a mutant may well change. */
const TEXTS = ['architecture.test.ts', 'readme.test.ts'];

const unitTests = ['.', 'core', 'factors', 'delivery'].flatMap((folder) =>
  readdirSync(join(ROOT, 'tests/unit', folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => posix.join('tests/unit', folder, name)),
);

const DECISIONS = [
  'decide-origins.test.ts',
  'decide.test.ts',
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
  authenticator: ['options.test.ts'],
  member: DECISIONS,
  policy: ['policy-check.test.ts', 'options.test.ts'],
};

/** Rounds of tests, the nearest first; the later ones are asked about survivors only. */
function roundsFor(file: string): readonly (readonly string[])[] {
  const stem = basename(file, '.ts');
  const quick = unitTests.filter((test) => !SLOW.includes(test) && !TEXTS.includes(basename(test)));
  const own = quick.filter(
    (test) =>
      basename(test).startsWith(`${stem}.`) ||
      NEAR[stem]?.includes(basename(test)) === true ||
      new RegExp(`/core/${stem}'`).test(readFileSync(join(ROOT, test), 'utf8')),
  );
  const others = quick.filter((test) => !own.includes(test));
  const rounds = [own, others, SLOW].filter((tests) => tests.length > 0);
  return reach === 'near' ? rounds.slice(0, 1) : rounds;
}

interface Trial {
  readonly name: string;
  readonly mutant: Mutant;
  readonly rounds: readonly (readonly string[])[];
}

function coreTrials(): Trial[] {
  const files = readdirSync(join(ROOT, 'src/core')).filter((name) => name.startsWith(part));
  return files.flatMap((name) => {
    const file = `src/core/${name}`;
    const rounds = roundsFor(file);
    return mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')).map((mutant) => {
      const shown = `${mutant.from.replaceAll(/\s+/g, ' ')} → ${mutant.to.replaceAll(/\s+/g, ' ')}`;
      return { name: `${file}:${mutant.line} ${shown}`, mutant, rounds };
    });
  });
}

function guardTrials(): Trial[] {
  return GUARDS.filter(({ name }) => name.includes(part)).map((guard) => {
    const { name, file, from, to, tests } = guard;
    const source = readFileSync(join(ROOT, file), 'utf8');
    const [before, after, ...rest] = source.split(from);
    if (before === undefined || after === undefined || rest.length > 0)
      throw new Error(`${file} does not hold the guard "${name}" once.`);
    const line = before.split('\n').length;
    const mutant = { file, line, from, to, text: `${before}${to}${after}` };
    return { name: `${file}:${line} ${name}`, mutant, rounds: [tests] };
  });
}

async function run(): Promise<void> {
  const trials = [...(what === 'guards' ? [] : coreTrials()), ...(what === 'core' ? [] : guardTrials())];
  const fates = new Map<Fate | 'accepted', number>();
  const survivors: string[] = [];
  const waiting = trials.values();

  async function work(): Promise<void> {
    const bench = openWorkbench();
    const sound = new Map<string, boolean>();
    for (const { name, mutant, rounds } of waiting) {
      // Tests that fail without any change would kill every mutant.
      const tests = rounds[0] ?? [];
      if (!sound.has(tests.join())) {
        const source = readFileSync(join(ROOT, mutant.file), 'utf8');
        const control = await bench.tryOut(mutant.file, source, tests);
        sound.set(tests.join(), control.fate === 'survived');
        if (control.fate !== 'survived') process.stdout.write(`${control.fate}: ${control.because}\n`);
      }
      if (sound.get(tests.join()) === false) {
        survivors.push(name);
        process.stdout.write(`not tried, since ${tests.join(', ')} fail without any change: ${name}\n`);
        continue;
      }
      let fate: Fate = 'nothing-ran';
      for (const tests of rounds) {
        ({ fate } = await bench.tryOut(mutant.file, mutant.text, tests));
        if (fate !== 'survived' && fate !== 'nothing-ran') break;
      }
      const lives = fate === 'survived' || fate === 'nothing-ran';
      const reason = lives ? reasonFor(mutant) : undefined;
      const counted = reason === undefined ? fate : 'accepted';
      fates.set(counted, (fates.get(counted) ?? 0) + 1);
      if (lives) process.stdout.write(`${reason === undefined ? fate : `accepted (${reason})`}: ${name}\n`);
      if (lives && reason === undefined) survivors.push(name);
    }
    bench.close();
  }

  await Promise.all([work(), work()]);
  process.stdout.write(`${trials.length} tried: ${JSON.stringify(Object.fromEntries(fates))}\n`);
  process.exitCode = survivors.length > 0 ? 1 : 0;
}

function reasonFor({ file, from, to }: Mutant): string | undefined {
  const known = ACCEPTED.find((one) => file.endsWith(one.file) && one.from === from && one.to === to);
  return known?.reason;
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
