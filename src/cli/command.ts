import * as z from 'zod';
import type { Mfa } from '../api/mfa';
import type { OptionRule } from '../options/option-check';
import { someText } from '../options/option-kinds';

export interface CommandOption extends OptionRule {
  readonly type: 'string' | 'boolean';
  /** Whether it can be given several times. */
  readonly multiple?: true;
  /** One sentence for `--help`. */
  readonly about: string;
}

/** The arguments after the name of the command. Options are checked. */
export interface Given {
  readonly operands: readonly string[];
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  has(name: string): boolean;
}

export interface CommandCall {
  readonly mfa: Mfa;
  readonly given: Given;
  /** The actor in events and notices: `cli:user@host`. */
  readonly actorId: string;
}

export interface CommandResult {
  /** False if something was refused or found wrong: exit code 1, and the lines go to stderr. */
  readonly ok: boolean;
  /** The output of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

export interface Command {
  readonly name: string;
  /** `name` is shown in help and messages: `USER`, `FILE`. */
  readonly operands: { readonly name: string; readonly min: number; readonly max: number };
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly about: string;
  readonly example: string;
  run(call: CommandCall): Promise<CommandResult>;
}

/** The command has invalid arguments: exit code 2. The message says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const NO_OPERANDS = { name: '', min: 0, max: 0 };
export const ONE_USER = { name: 'USER', min: 1, max: 1 };

export function done(
  json: Readonly<Record<string, unknown>> & { readonly outcome: string },
  ...lines: readonly string[]
): CommandResult {
  return { ok: true, json, lines };
}

export function refused(json: Readonly<Record<string, unknown>>, ...lines: readonly string[]): CommandResult {
  return { ok: false, json, lines };
}

export function notFound(userId: string): CommandResult {
  const message = `The user table has no user ${JSON.stringify(userId)} in that organization. Check the id, and --organization if you wrote it.`;
  return refused({ outcome: 'not-found' }, message);
}

export function flag(name: string, about: string): CommandOption {
  return {
    type: 'boolean',
    about,
    schema: z.boolean(),
    allowed: 'written without a value',
    write: `--${name}`,
    shown: true,
  };
}

export const ORGANIZATION: CommandOption = {
  type: 'string',
  about: 'The organization. Default: the one that the user table has for the person.',
  ...someText('the id of an organization', '--organization acme'),
};

export const OWN_ORGANIZATION: CommandOption = {
  ...ORGANIZATION,
  about: 'The organization. Default: default.',
};

export const REASON: CommandOption = {
  type: 'string',
  about: 'Required. The reason, which is stored with the event.',
  ...someText('a text that says why', "--reason 'The phone is lost; called back'"),
  required: true,
};

export const EVERYWHERE = flag('everywhere', 'Also if the factors protect another organization with MFA on.');

export function memberOf({ given, actorId }: CommandCall) {
  const [userId = ''] = given.operands;
  const organizationId = given.text('organization');
  return { userId, actorId, ...(organizationId === undefined ? {} : { organizationId }) };
}

export function instantText(at: number): string {
  return new Date(at).toISOString();
}

/** Two columns, the first as wide as its longest cell. */
export function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`.trimEnd());
}
