import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Mfa } from '../api/mfa';
import { oneOf } from '../options/option-kinds';
import {
  REASON,
  UsageError,
  done,
  flag,
  refused,
  type Command,
  type CommandCall,
  type CommandOption,
  type CommandResult,
  type Given,
} from './command';

/** The columns of a CSV file, and the keys of JSON. */
export const ROW_FIELDS = [
  'userId',
  'secret',
  'encoding',
  'algorithm',
  'digits',
  'periodSeconds',
  'label',
  'ref',
] as const;

export type RowFormat = 'csv' | 'jsonl';
export type RowFields = Readonly<Record<string, unknown>>;

/** Reads a file, or stdin for `-`. Error messages contain line numbers, but never the content, which is secret. */
export async function readRows(path: string, format: RowFormat): Promise<readonly RowFields[]> {
  const content = (await readInput(path)).replace(/^\ufeff/, '');
  return format === 'csv' ? parseCsv(content) : parseJsonLines(content);
}

async function readInput(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    throw new UsageError(`The file ${path} cannot be read (${String(code)}). Check the path.`);
  }
}

function parseJsonLines(content: string): readonly RowFields[] {
  return content
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseJson(line, index + 1)]));
}

function parseJson(line: string, number: number): RowFields {
  const refusal = new UsageError(`Line ${number} is not a JSON object, such as {"userId":"7","secret":"…"}.`);
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw refusal;
    return { ...parsed };
  } catch {
    // The error of JSON.parse quotes the line, which contains a secret.
    throw refusal;
  }
}

/** CSV with a header line (RFC 4180). Empty cells count as missing. */
function parseCsv(content: string): readonly RowFields[] {
  const [headings = [], ...lines] = splitCsv(content);
  const known = headings.every((heading) => ROW_FIELDS.some((name) => name === heading));
  if (!known || !headings.includes('userId') || !headings.includes('secret'))
    throw new UsageError(
      `The first line of a CSV file must name its columns: userId,secret and any of ${ROW_FIELDS.slice(2).join(', ')}.`,
    );
  return lines.map((cells, index) => {
    if (cells.length !== headings.length)
      throw new UsageError(`Row ${index + 1} has ${cells.length} cells instead of ${headings.length}.`);
    const named = headings.map((heading, column) => [heading, cells[column]] as const);
    return Object.fromEntries(named.filter(([, cell]) => cell !== ''));
  });
}

/** One cell, quoted or not, and its delimiter. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function splitCsv(content: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < content.length) {
    const found = CELL.exec(content);
    if (found === null) throw new UsageError(`A quotation mark is misplaced in row ${rows.length}.`);
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && CELL.lastIndex < content.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

function choice(words: readonly string[], write: string, about: string): CommandOption {
  return { type: 'string', about, ...oneOf(words, write) };
}

const FORMATS = ['jsonl', 'csv'] as const;

/** Options with defaults for fields that a row does not have. */
const FIELD_OPTIONS = {
  encoding: 'encoding',
  algorithm: 'algorithm',
  digits: 'digits',
  period: 'periodSeconds',
} as const;

const { required: _required, ...OPTIONAL_REASON } = REASON;

export const importSecrets: Command = {
  name: 'import',
  operands: { name: 'FILE', min: 1, max: 1 },
  options: {
    reason: {
      ...OPTIONAL_REASON,
      about: 'Required without --dry-run. It is stored with each event.',
    },
    'dry-run': flag('dry-run', 'Counts what would be imported, and writes nothing.'),
    format: choice(FORMATS, '--format csv', 'Default: csv for a file that ends in .csv, otherwise jsonl.'),
    encoding: choice(
      ['otpauth', 'base32', 'hex', 'base64', 'text'],
      '--encoding hex',
      'The encoding of secrets, for rows without one. Default: otpauth for such a URI, otherwise base32.',
    ),
    algorithm: choice(
      ['SHA-1', 'SHA-256', 'SHA-512'],
      '--algorithm SHA-256',
      'The hash algorithm, for rows without one. Default: SHA-1.',
    ),
    digits: choice(['6', '8'], '--digits 8', 'The number of digits, for rows without one. Default: 6.'),
    period: choice(
      ['30', '60'],
      '--period 60',
      'The seconds per code, for rows without a value. Default: 30.',
    ),
    'dangerously-allow-weak-secrets': flag(
      'dangerously-allow-weak-secrets',
      'Accepts secrets of 10 to 15 bytes.',
    ),
  },
  about: 'Imports authenticator apps from another system. FILE is - for stdin.',
  example: "express-mfa import apps.csv --encoding hex --reason 'Moved from our own login'",
  run: runImport,
};

async function runImport({ mfa, given, actorId }: CommandCall): Promise<CommandResult> {
  const [path = ''] = given.operands;
  const dryRun = given.has('dry-run');
  const reason = given.text('reason');
  if (reason === undefined && !dryRun)
    throw new UsageError("Write --reason 'Moved from our own login', or --dry-run to try it first.");
  const usual = Object.entries(FIELD_OPTIONS).flatMap(([option, field]) => {
    const value = given.text(option);
    return value === undefined ? [] : [[field, value] as const];
  });
  const rows = await readRows(path, formatOf(path, given));
  const complete: readonly RowFields[] = rows.map((row) => ({ ...Object.fromEntries(usual), ...row }));
  // The API checks each row.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const report = await mfa.authenticators.import(complete as Parameters<Import>[0], {
    actorId,
    dryRun,
    dangerouslyAllowWeakSecrets: given.has('dangerously-allow-weak-secrets'),
    ...(reason === undefined ? {} : { reason }),
  });
  const isFine = Object.keys(report.skipped).every((because) => EXPECTED.has(because));
  return (isFine ? done : refused)({ ...report }, ...linesOf(report));
}

type Import = Mfa['authenticators']['import'];

/** Reasons that are normal if an import is repeated, or if people set up apps meanwhile. */
const EXPECTED: ReadonlySet<string> = new Set(['already-imported', 'has-authenticator']);

function formatOf(path: string, given: Given): RowFormat {
  const written = FORMATS.find((format) => format === given.text('format'));
  return written ?? (path.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl');
}

function linesOf({
  outcome,
  read,
  imported,
  skipped,
  refusals,
}: Awaited<ReturnType<Import>>): readonly string[] {
  const verb = outcome === 'dry-run' ? 'would be imported' : 'imported';
  return [
    `${read} rows read, ${imported} ${verb}.`,
    ...Object.entries(skipped).map(([because, count]) => `${count} skipped: ${because}`),
    ...refusals.map(({ index, userId, because, field }) => {
      const whose = userId === undefined ? '' : ` (user ${userId})`;
      return `row ${index + 1}${whose}: ${because}${field === undefined ? '' : `: ${field}`}`;
    }),
  ];
}
