import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { round, type Spread } from './statistics';

/** One line of the table: what was measured, and what it should reach. */
export interface Row {
  readonly what: string;
  readonly measured: Spread;
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit?: string;
  readonly aside?: string;
}

/** What one Node came to. */
export interface Outcome {
  readonly node: string;
  readonly stores: string;
  readonly rows: readonly Row[];
  /** The names of those that ended in an error. */
  readonly failed: readonly string[];
}

/** A measurement that was made once, or that cannot vary. */
export function exactly(value: number): Spread {
  return { median: value, low: value, high: value };
}

export function isReached({ measured: { median }, wanted }: Row): boolean {
  return 'atLeast' in wanted ? median >= wanted.atLeast : median <= wanted.atMost;
}

/** With commas between thousands. */
export const counted = (value: number): string => value.toLocaleString('en-US');

function figure({ measured: { median, low, high }, unit = 'times' }: Row): string {
  const digits = Math.abs(median) >= 100 ? 0 : 2;
  const spread = low === high ? '' : ` (${round(low, digits)} to ${round(high, digits)})`;
  return `${[counted(round(median, digits)), unit].join(' ').trim()}${spread}`;
}

/** The head and the lines of the table: a column for each Node; the last one is judged. */
function tableOf(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  const judged = outcomes.at(-1);
  const measured = outcomes.map(({ node }) => (outcomes.length === 1 ? 'measured' : `Node ${node}`));
  const lines = (judged?.rows ?? []).map((row) => {
    const { what, wanted, aside = '' } = row;
    const goal = 'atLeast' in wanted ? `at least ${wanted.atLeast}` : `at most ${wanted.atMost}`;
    const figures = outcomes.map(({ rows }) => {
      const same = rows.find((other) => other.what === what);
      return same === undefined ? '' : figure(same);
    });
    return [what, ...figures, goal, isReached(row) ? 'reached' : 'missed', aside];
  });
  return [['what', ...measured, 'reach', '', 'besides'], ...lines];
}

export function printOutcomes(outcomes: readonly Outcome[]): void {
  const table = tableOf(outcomes);
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of table) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}

const root = join(__dirname, '..', '..');
/** The rows that the README quotes. */
const QUOTED = [
  /^guarded route, against plain express-session, [\d,]+ people$/,
  /^guarded route, against the session check of better-auth, [\d,]+ people$/,
  /^whole login, against better-auth$/,
];

async function replaceBetween(path: string, lines: readonly string[]): Promise<void> {
  const file = join(root, path);
  const text = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${path} has no place for figures.`);
  const [before = ''] = text.split(begin);
  const [, after = ''] = text.split(end);
  const written = `${before}${begin}\n\n${lines.join('\n')}\n\n${end}${after}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}

/** Writes the table into docs/benchmarks.md, and the three lines of it that README.md quotes. */
export async function writeOutcomes(outcomes: readonly Outcome[]): Promise<void> {
  const table = tableOf(outcomes);
  const quoted = table.filter(([what = ''], line) => line === 0 || QUOTED.some((row) => row.test(what)));
  const stores = outcomes.at(-1)?.stores ?? '';
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const nodes = outcomes.map(({ node }) => `Node ${node}`).join(', ');
  await replaceBetween('docs/benchmarks.md', [
    `Measured on ${date} by one run: ${nodes}, ${stores}, ${machine}.`,
    '',
    ...toMarkdown(table),
  ]);
  const figures = 1 + outcomes.length;
  await replaceBetween('README.md', toMarkdown(quoted.map((line) => line.slice(0, figures))));
}

function toMarkdown([head = [], ...lines]: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`);
}
