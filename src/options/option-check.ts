import { ConfigurationError } from '../core/errors';
import type { Schema } from '../core/schema';
import { nearestName } from '../core/text/nearest-name';

export { nearestName };

/** The schema of one option or argument, and the two sentences of its error message. */
export interface OptionRule {
  readonly schema: Schema;
  /** Continues "It must be …". */
  readonly allowed: string;
  /** Continues "Write …". */
  readonly write: string;
  readonly required?: true;
  /** Refuses `undefined`: if a missing field keeps the stored value, an undefined variable would go unnoticed. */
  readonly definite?: true;
  /** Whether messages may show the value. Never set it for keys, tokens or URLs with passwords. */
  readonly shown?: boolean;
  /** The rules of the fields, for an option that is an object. */
  readonly fields?: RuleTable;
}

export type RuleTable = Readonly<Record<string, OptionRule>>;

/** One rule for every field of `T`; a missing one does not compile. */
export type RulesFor<T> = { readonly [Name in keyof T]-?: OptionRule };

/** Throws for the first unknown or invalid option. `prefix` is prepended to names in messages. */
export function checkOptions(given: object, rules: RuleTable, prefix = ''): void {
  const known = Object.keys(rules);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownOption(name, known, prefix);
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value: unknown = Reflect.get(given, name);
    if (value === undefined && rule.definite === true && name in given) {
      throw refuse(prefix + name, rule, 'undefined was passed');
    }
    checkOption(prefix + name, value, rule);
  }
}

/** Checks a whole argument, which might not be an object. */
export function checkWhole(name: string, given: unknown, rules: RuleTable, write: string): void {
  if (!isOptions(given)) {
    throw refuse(name, { allowed: 'an object of options', write, required: true }, describeValue(given, {}));
  }
  checkOptions(given, rules);
}

function unknownOption(name: string, known: readonly string[], prefix: string): ConfigurationError {
  const nearest = nearestName(name, known);
  const advice = nearest === undefined ? 'Leave it out' : `Write ${prefix}${nearest}, or leave it out`;
  const all = known.length === 0 ? 'There are none here' : `Known are ${known.join(', ')}`;
  return new ConfigurationError(prefix + name, `there is no option of this name. ${all}. ${advice}.`);
}

/** Throws if the value is invalid. */
export function checkOption(name: string, value: unknown, rule: OptionRule): void {
  if (value === undefined && rule.required !== true) return;
  const result = rule.schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const message = issue?.code === 'custom' && issue.message !== '' ? issue.message : undefined;
    throw refuse(name, rule, message ?? describeValue(value, rule));
  }
  if (rule.fields !== undefined && typeof value === 'object' && value !== null) {
    checkOptions(value, rule.fields, `${name}.`);
  }
}

/** The error for an option: the problem, what is allowed, and what to write. */
export function refuse(
  name: string,
  rule: Pick<OptionRule, 'allowed' | 'write' | 'required'>,
  problem: string,
): ConfigurationError {
  const orNothing = rule.required === true ? '' : ', or leave it out';
  return new ConfigurationError(
    name,
    `${problem}. It must be ${rule.allowed}. Write ${rule.write}${orNothing}.`,
  );
}

/** Describes a value in a message. For text that may be secret, only its length. */
export function describeValue(value: unknown, { shown }: Pick<OptionRule, 'shown'>): string {
  if (value === undefined) return 'it is missing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number')
    return `${String(value)} was passed`;
  if (typeof value === 'string') {
    if (shown !== true) return `a text of ${value.length} characters was passed`;
    return `${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)} was passed`;
  }
  if (Array.isArray(value)) return `a list of ${value.length} was passed`;
  if (isPromise(value)) return 'a promise was passed: await it first';
  return typeof value === 'object' ? 'an object was passed' : `a ${typeof value} was passed`;
}

/** Describes the result of a function of the host. Text is not shown, because it may be secret. */
export function describeAnswer(answer: unknown): string {
  if (answer === undefined) return 'it answered with nothing';
  return describeValue(answer, {}).replace(' was passed', ' was the answer');
}

/** A plain object or a module, not a list or a promise. */
export function isOptions(value: unknown): value is object {
  return OBJECTS.has(Object.prototype.toString.call(value)) && !isPromise(value);
}

const OBJECTS: ReadonlySet<string> = new Set(['[object Object]', '[object Module]']);

export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
