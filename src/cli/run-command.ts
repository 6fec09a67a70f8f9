import { hostname, userInfo } from 'node:os';
import { nearestName } from '../options/option-check';
import { endSessions, exempt, forget, reset, unlock } from './change-commands';
import { UsageError, columns, type Command, type CommandResult, type Given } from './command';
import { loadConfig } from './config-file';
import { importSecrets } from './import-command';
import { check, explain, report, status } from './look-commands';
import { helpOf, readArguments } from './read-arguments';
import { migrate, reseal } from './upkeep-commands';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  check,
  status,
  explain,
  report,
  reset,
  unlock,
  exempt,
  endSessions,
  forget,
  importSecrets,
  reseal,
  migrate,
];

/** Exit codes: done, refused or failed, invalid arguments. */
const DONE = 0;
const FAILED = 1;
const WRONG = 2;

/** Runs the command with the arguments after `express-mfa`, and returns the exit code. */
export async function runCommand(written: readonly string[]): Promise<number> {
  redirectLogsToStderr();
  const [name, ...rest] = written;
  if (name === undefined) return print(process.stderr, overview(), WRONG);
  if (['help', '--help', '-h'].includes(name)) return print(process.stdout, overview(), DONE);
  const isJson = rest.includes('--json');
  try {
    return await runNamed(name, rest, isJson);
  } catch (error) {
    const { exitCode, because, message } = describeFailure(error);
    const json = { outcome: exitCode === WRONG ? 'wrong-use' : 'failed', because, message };
    if (isJson) return print(process.stdout, [JSON.stringify(json)], exitCode);
    return print(process.stderr, [`express-mfa: ${message}`], exitCode);
  }
}

async function runNamed(name: string, rest: readonly string[], isJson: boolean): Promise<number> {
  const command = findCommand(name);
  const given = readArguments(command, rest);
  if (given.has('help')) return print(process.stdout, helpOf(command), DONE);
  const result = await runOnce(command, given);
  const exitCode = result.ok ? DONE : FAILED;
  if (isJson) return print(process.stdout, [JSON.stringify(result.json)], exitCode);
  const lines = result.lines.flatMap((line) => line.split('\n')).map(withoutControls);
  return print(result.ok ? process.stdout : process.stderr, lines, exitCode);
}

async function runOnce(command: Command, given: Given): Promise<CommandResult> {
  const config = await loadConfig(given.text('config'));
  const { mfa } = config;
  try {
    return await command.run({ mfa, given, actorId: actorOfProcess() });
  } finally {
    // Events are stored and notices are sent before the process ends.
    await mfa.close();
    await config.close();
  }
}

function findCommand(name: string): Command {
  const found = COMMANDS.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = COMMANDS.map((command) => command.name);
  const nearest = nearestName(name, names);
  const advice = nearest === undefined ? 'express-mfa --help lists them' : `Write express-mfa ${nearest}`;
  throw new UsageError(`There is no command ${JSON.stringify(name)}. ${advice}.`);
}

function overview(): readonly string[] {
  return [
    'express-mfa COMMAND [options]',
    '',
    ...columns(COMMANDS.map(({ name, about }) => [`  ${name}`, about] as const)),
    '',
    'express-mfa COMMAND --help shows the options of a command.',
    'Exit codes: 0 done, 1 refused or failed, 2 written wrongly.',
  ];
}

/** A config file may log while it is loaded. Redirect that to stderr, so that stdout has only the result. */
function redirectLogsToStderr(): void {
  const log = (...given: readonly unknown[]) => console.error(...given);
  Object.assign(console, { log, info: log, debug: log });
}

function actorOfProcess(): string {
  return `cli:${userName()}@${hostname()}`;
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

interface Failure {
  readonly exitCode: number;
  readonly because: string;
  readonly message: string;
}

function describeFailure(error: unknown): Failure {
  const { name, message, code, option }: Readonly<Record<string, unknown>> = Object(error);
  const text = withoutCredentials(typeof message === 'string' ? message : String(error));
  if (error instanceof UsageError) return { exitCode: WRONG, because: 'wrong-use', message: text };
  if (name === 'ConfigurationError' && typeof option === 'string') {
    const isWritten = option.startsWith('--');
    return { exitCode: isWritten ? WRONG : FAILED, because: 'misconfigured', message: text };
  }
  const because = typeof code === 'string' ? code : 'failed';
  return { exitCode: FAILED, because, message: because === 'failed' ? text : `${text} (${because})` };
}

/** Errors of drivers may quote a URL with credentials. */
function withoutCredentials(text: string): string {
  // Up to the last `@`, because a password may contain slashes and `@`.
  return text.replaceAll(/\/\/\S*@/g, '//…@');
}

/** Names and labels are typed by people, so their control characters must not reach the terminal. */
function withoutControls(line: string): string {
  return line.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

async function print(
  stream: NodeJS.WriteStream,
  lines: readonly string[],
  exitCode: number,
): Promise<number> {
  const text = lines.map((line) => `${line}\n`).join('');
  await new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });
  return exitCode;
}
