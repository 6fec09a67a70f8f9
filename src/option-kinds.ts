import { z } from 'zod';
import { parseLocalPath } from './core/local-path';
import type { OptionRule, RuleTable } from './option-check';

/** The refusal then describes the value itself. */
const NO_MESSAGE = { error: '' };

function withMethods(names: readonly string[]): z.ZodType {
  return z
    .custom(
      (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
      NO_MESSAGE,
    )
    .superRefine((value, context) => {
      const lacking = names.filter((name) => typeof Reflect.get(Object(value), name) !== 'function');
      if (lacking.length > 0) context.addIssue({ code: 'custom', message: `it has no method ${lacking[0]}` });
    });
}

export const aFunction = z.custom((value) => typeof value === 'function', NO_MESSAGE);
export const anObject = z.custom(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  NO_MESSAGE,
);

export function number(bounds: {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly fractions?: true;
  readonly write: string;
}): OptionRule {
  const { min, max, unit, fractions, write } = bounds;
  const schema = fractions === true ? z.number() : z.int();
  const kind = fractions === true ? 'a number' : 'a whole number';
  return {
    schema: schema.min(min).max(max),
    allowed: `${kind} of ${unit} from ${min} to ${max}`,
    write: `${write}, or leave it out`,
    shown: true,
  };
}

export function group(write: string, fields: RuleTable): OptionRule {
  const names = Object.keys(fields).join(', ');
  return {
    schema: anObject,
    allowed: `an object with any of ${names}`,
    write: `${write}, or leave it out`,
    fields,
  };
}

export function mountPath(write: string): OptionRule {
  return {
    schema: z
      .string()
      .refine((value) => value === parseLocalPath(value) && !/[?#]|\/$/.test(value), NO_MESSAGE),
    allowed: 'a path such as /mfa, without a slash at the end and without a query',
    write: `${write}, or leave it out`,
    shown: true,
  };
}

export function localPath(write: string): OptionRule {
  return {
    schema: z.string().refine((value) => parseLocalPath(value) !== null, NO_MESSAGE),
    allowed: 'a path on this site that starts with one slash',
    write: `${write}, or leave it out`,
    shown: true,
  };
}

export function callback(allowed: string, write: string): OptionRule {
  return { schema: aFunction, allowed, write: `${write}, or leave it out` };
}

export function port(allowed: string, write: string, methods: readonly string[]): OptionRule {
  return { schema: withMethods(methods), allowed, write };
}

export function danger(write: string): OptionRule {
  return {
    schema: z.boolean(),
    allowed: 'true or false',
    write: `${write}: true if that is what you want, or leave it out`,
    shown: true,
  };
}

/** A list of windows for sending. The number in each is bounded, since every send within it is remembered. */
export function sendWindows(bounds: {
  readonly least?: 1;
  readonly max: number;
  readonly write: string;
}): OptionRule {
  const { least = 0, max, write } = bounds;
  const window = z.strictObject({
    max: z.int().min(1).max(max),
    seconds: z
      .int()
      .min(1)
      .max(30 * 86_400),
  });
  return {
    schema: z.custom((value) => z.array(window).min(least).max(5).safeParse(value).success, NO_MESSAGE),
    allowed: `a list of ${least} to 5 windows { max, seconds }, max from 1 to ${max}, seconds from 1 to 2592000`,
    write: `${write}, or leave it out`,
  };
}
