import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Finding } from './finding';
import type { History } from './history';
import { runHistory } from './run-history';
import type { StoreKind } from './stores';

// npm run test:history -- --seed N (--minutes M | --walks W) [--store memory|redis|postgres] [--people P] [--min-replicas R] [--out FILE]

const STORES: readonly StoreKind[] = ['memory', 'redis', 'postgres'];

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`--${name} ${text}: write a number, such as --${name} 3.`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '1' },
      walks: { type: 'string' },
      people: { type: 'string', default: '4' },
      store: { type: 'string' },
      'min-replicas': { type: 'string', default: '0' },
      out: { type: 'string' },
    },
  });
  const chosen = STORES.filter((kind) => values.store === undefined || kind === values.store);
  if (chosen.length === 0) throw new TypeError(`--store ${values.store}: write one of ${STORES.join(', ')}.`);
  return {
    seed: numberOf('seed', values.seed),
    people: numberOf('people', values.people),
    minutes: numberOf('minutes', values.minutes),
    walks: values.walks === undefined ? null : numberOf('walks', values.walks),
    stores: chosen,
    settings: { minReplicas: numberOf('min-replicas', values['min-replicas']) },
    out: values.out,
  };
}

function countBy(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'none';
}

function describe(finding: Finding): string {
  const calls = finding.calls.map(
    ({ id, process, browser, login, act, answer, invoked, responded }) =>
      `    ${invoked}-${responded} call ${id} of ${browser} (${login ?? 'no sign-in'}) to process ${process}: ` +
      `${JSON.stringify(act)} -> ${JSON.stringify(answer)}`,
  );
  return [`  ${finding.rule}: ${finding.says}`, ...calls].join('\n');
}

function summarize({ calls, faults }: History): string {
  const verdicts = countBy(calls.map(({ answer }) => answer.verdict));
  const accepted = calls.filter(({ act, answer }) => act.kind !== 'other' && answer.verdict === 'yes');
  return [
    `  ${calls.length} calls: ${verdicts}`,
    `  accepted: ${countBy(accepted.map(({ act }) => act.kind))}`,
    `  faults: ${countBy(faults.map(({ what }) => what))}`,
  ].join('\n');
}

async function main(): Promise<void> {
  const { seed, people, minutes, walks: fixed, stores, settings, out } = readArguments();
  for (const store of stores) {
    // From the first walk on: a busy machine takes long to start everything.
    let until: number | null = null;
    const isTimeLeft = () => Date.now() < (until ??= Date.now() + minutes * 60_000);
    const { history, verdict, walks } = await runHistory({
      store,
      seed,
      people,
      settings,
      goesOn: (done) => (fixed === null ? isTimeLeft() : done < fixed),
      pace: { between: 40, during: 15, stopsProcesses: true },
    });
    if (out !== undefined) writeFileSync(out, JSON.stringify(history, null, 1));
    console.log(`${store}, seed ${seed}, ${walks} walks\n${summarize(history)}`);
    if (verdict.lost.length > 0) {
      console.log(`  lost: ${countBy(verdict.lost.map(({ rule, by }) => `${rule} (${by})`))}`);
      for (const finding of verdict.lost) console.log(describe(finding));
    }
    if (verdict.violations.length === 0) {
      console.log('  every rule was kept');
      continue;
    }
    process.exitCode = 1;
    for (const finding of verdict.violations) console.log(describe(finding));
    console.log(
      `Run it again: npm run test:history -- --seed ${seed} --walks ${walks} --people ${people} --store ${store} ` +
        `--min-replicas ${settings.minReplicas}`,
    );
  }
}

// The servers that were started end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
