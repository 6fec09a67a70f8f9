import { round } from './statistics';

/** One line of the table: what was measured, and what it should reach. */
export interface Row {
  readonly what: string;
  readonly measured: number;
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit?: string;
  readonly aside?: string;
}

export function isReached({ measured, wanted }: Row): boolean {
  return 'atLeast' in wanted ? measured >= wanted.atLeast : measured <= wanted.atMost;
}

export function printRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => {
    const { what, measured, wanted, unit = 'times', aside = '' } = row;
    const goal = 'atLeast' in wanted ? `at least ${wanted.atLeast}` : `at most ${wanted.atMost}`;
    return [what, `${round(measured)} ${unit}`, goal, isReached(row) ? 'reached' : 'missed', aside];
  });
  const head = ['what', 'measured', 'wanted', '', 'besides'];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}
