import type { z } from 'zod';
import { ConfigurationError } from './errors';
import { nearestName } from './core/nearest-name';

/** What one option may be: the schema that checks it, and the two sentences of the refusal. */
export interface OptionRule {
  readonly schema: z.ZodType;
  /** Continues "It must be …". */
  readonly allowed: string;
  /** Continues "Write …". */
  readonly write: string;
  readonly required?: true;
  /** Whether the value may stand in a message. Keys, tokens and addresses with passwords in them must not. */
  readonly shown?: true;
  /** The names inside an option that is an object of options. */
  readonly fields?: RuleTable;
}

export type RuleTable = Readonly<Record<string, OptionRule>>;

/** One rule for every name of `T`: the compiler refuses a table that forgets one. */
export type RulesFor<T> = { readonly [Name in keyof T]-?: OptionRule };

/** Throws for the first option that is unknown or cannot be used. `prefix` is what the names stand in. */
export function checkOptions(given: object, rules: RuleTable, prefix = ''): void {
  const values = new Map<string, unknown>(Object.entries(given));
  const known = Object.keys(rules);
  for (const name of values.keys()) {
    if (!known.includes(name)) throw unknownOption(name, known, prefix);
  }
  for (const [name, rule] of Object.entries(rules)) checkOption(prefix + name, values.get(name), rule);
}

function unknownOption(name: string, known: readonly string[], prefix: string): ConfigurationError {
  const nearest = nearestName(name, known);
  return new ConfigurationError(
    prefix + name,
    `there is no option of this name. Known are ${known.join(', ')}. Write ${prefix}${nearest ?? ''}, or leave it out.`,
  );
}

function checkOption(name: string, value: unknown, rule: OptionRule): void {
  if (value === undefined && rule.required !== true) return;
  const result = rule.schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const said = issue?.code === 'custom' && issue.message !== '' ? issue.message : undefined;
    throw refuse(name, rule, said ?? describeValue(value, rule));
  }
  if (rule.fields !== undefined && typeof value === 'object' && value !== null) {
    checkOptions(value, rule.fields, `${name}.`);
  }
}

/** The error for an option: what is wrong with it, what is allowed, what to write. */
export function refuse(
  name: string,
  rule: Pick<OptionRule, 'allowed' | 'write'>,
  problem: string,
): ConfigurationError {
  return new ConfigurationError(name, `${problem}. It must be ${rule.allowed}. Write ${rule.write}.`);
}

/** Names a value in a message. A text that may be secret is told by its length alone. */
export function describeValue(value: unknown, { shown }: Pick<OptionRule, 'shown'>): string {
  if (value === undefined) return 'it is missing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number')
    return `${String(value)} was passed`;
  if (typeof value === 'string') {
    if (shown !== true) return `a text of ${value.length} characters was passed`;
    return `${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)} was passed`;
  }
  if (Array.isArray(value)) return `a list of ${value.length} was passed`;
  return typeof value === 'object' ? 'an object was passed' : `a ${typeof value} was passed`;
}
