import type { Mfa } from '../api/mfa';
import { oneOf } from '../options/option-kinds';
import {
  done,
  flag,
  REASON,
  refused,
  WrongUse,
  type Command,
  type CommandCall,
  type CommandOption,
  type CommandResult,
  type Given,
} from './command';
import { readRows, type RowFields, type RowFormat } from './read-rows';

function choice(words: readonly string[], write: string, about: string): CommandOption {
  return { type: 'string', about, ...oneOf(words, write) };
}

const FORMATS = ['jsonl', 'csv'] as const;

/** Options that stand in for a field that a row leaves out. */
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
      'How secrets are written, where a row does not say it. Default: otpauth for such a URI, otherwise base32.',
    ),
    algorithm: choice(
      ['SHA-1', 'SHA-256', 'SHA-512'],
      '--algorithm SHA-256',
      'The hash, where a row does not say it. Default: SHA-1.',
    ),
    digits: choice(
      ['6', '8'],
      '--digits 8',
      'The digits of a code, where a row does not say it. Default: 6.',
    ),
    period: choice(['30', '60'], '--period 60', 'Seconds, where a row does not say it. Default: 30.'),
    'dangerously-allow-weak-secrets': flag(
      'dangerously-allow-weak-secrets',
      'Takes secrets of 10 to 15 bytes.',
    ),
  },
  about: 'Takes over authenticator apps from another system. FILE is - for stdin.',
  example: "express-mfa import apps.csv --encoding hex --reason 'Moved from our own login'",
  run: runImport,
};

async function runImport({ mfa, given, actorId }: CommandCall): Promise<CommandResult> {
  const [path = ''] = given.operands;
  const dryRun = given.has('dry-run');
  const reason = given.text('reason');
  if (reason === undefined && !dryRun)
    throw new WrongUse("Write --reason 'Moved from our own login', or --dry-run to try it first.");
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

/** What an import meets when it is run again, or while people set up apps. */
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
