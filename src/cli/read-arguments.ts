import { parseArgs } from 'node:util';
import { checkOptions } from '../options/option-check';
import { someText } from '../options/option-kinds';
import { flag, UsageError, type Command, type CommandOption, type Given } from './command';

export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  config: {
    type: 'string',
    about: 'The file that exports mfa. Default: mfa.config.js, .mjs or .cjs in this folder.',
    ...someText('the path of a file', '--config server/mfa.config.js'),
  },
  json: flag('json', 'Prints one JSON object.'),
  help: flag('help', 'Prints this help.'),
};

/** @throws ConfigurationError or UsageError with a message that says what to type. */
export function readArguments(command: Command, written: readonly string[]): Given {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const { values, positionals: operands } = parseArgs({
    args: [...written],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
    ),
    // Unknown options are refused below, with a suggestion.
    strict: false,
    allowPositionals: true,
  });
  const given: Given = {
    operands,
    text(name) {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    list(name) {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    has: (name) => values[name] === true,
  };
  if (given.has('help')) return given;
  checkOptions(values, options, '--');
  checkOperands(command, operands);
  return given;
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const { name, min, max } = command.operands;
  const write = `Write: ${command.example}`;
  if (operands.length < min || operands.includes('')) throw new UsageError(`${name} is missing. ${write}`);
  if (operands.length <= max) return;
  const extra = JSON.stringify(operands[max]);
  throw new UsageError(`${extra} is one argument too many. Put text with spaces in quotes. ${write}`);
}

export function helpOf(command: Command): readonly string[] {
  const { name, operands, about, example } = command;
  const operand =
    operands.name === '' ? '' : operands.min === 0 ? ` [${operands.name}]` : ` ${operands.name}`;
  const rows = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([option, { type, about: what }]) => [type === 'string' ? `--${option} …` : `--${option}`, what] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  return [
    `express-mfa ${name}${operand} [options]`,
    '',
    about,
    '',
    ...rows.map(([option, what]) => `  ${option.padEnd(width)}  ${what}`),
    '',
    `Example: ${example}`,
  ];
}
