import { ACCEPTED } from './accepted';
import { openCoreBench, openGuardBench, type Verdict, type Workbench } from './bench';
import { coreTrials } from './core-trials';
import { guardTrials } from './guard-trials';
import type { Trial } from './trial';

// npm run test:mutation                 every mutant of core/, then every guard taken out
// npm run test:mutation -- core totp    the mutants of the files of core/ whose names begin with totp
// npm run test:mutation -- guards login the guards whose names or files hold "login"

const [what, part = ''] = process.argv.slice(2);

const CAUGHT: readonly Verdict['is'][] = ['killed', 'timed-out'];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function reasonFor({ file, from, to }: Trial): string | undefined {
  return ACCEPTED.find((one) => file.endsWith(one.file) && one.from === from && one.to === to)?.reason;
}

/** Tries each change, and returns how many are neither noticed nor accepted. */
async function tryAll(title: string, trials: readonly Trial[], bench: Workbench): Promise<number> {
  const startedAt = Date.now();
  const counts = new Map<string, number>();
  const sound = new Map<string, Verdict>();
  let survivors = 0;
  for (const trial of trials) {
    // Tests that fail without any change would kill every mutant.
    const key = trial.tests.join();
    // Each trial has the machine to itself.
    // oxlint-disable-next-line no-await-in-loop
    const control = sound.get(key) ?? (await bench.tryOut({ ...trial, text: trial.original }));
    sound.set(key, control);
    // oxlint-disable-next-line no-await-in-loop
    const verdict = control.is === 'survived' ? await bench.tryOut(trial) : control;
    const caught = control.is === 'survived' && CAUGHT.includes(verdict.is);
    const reason = caught ? undefined : reasonFor(trial);
    const fate = reason === undefined ? (control.is === 'survived' ? verdict.is : 'not-tried') : 'accepted';
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
    if (!caught && reason === undefined) survivors += 1;
    if (fate !== 'killed' || what !== undefined)
      print(`${fate}: ${trial.name}\n    ${reason ?? verdict.because}`);
  }
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  print(`${title}: ${trials.length} in ${minutes} minutes, ${JSON.stringify(Object.fromEntries(counts))}`);
  await bench.close();
  return survivors;
}

async function run(): Promise<void> {
  let survivors = 0;
  if (what !== 'guards') survivors += await tryAll('Mutants of core/', coreTrials(part), openCoreBench());
  if (what !== 'core') survivors += await tryAll('Guards taken out', guardTrials(part), openGuardBench());
  process.exitCode = survivors > 0 ? 1 : 0;
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
