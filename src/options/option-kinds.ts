import * as z from 'zod';
import { hostIdText } from '../core/text/host-id';
import { nearestName } from '../core/text/nearest-name';
import { parseLocalPath } from '../core/text/typed-text';
import { describeValue, isOptions, isPromise, type OptionRule, type RuleTable } from './option-check';

/** Without a message, the error describes the value. */
export const NO_MESSAGE = { error: '' };

interface Methods {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

function withMethods({ required, optional = [] }: Methods): z.ZodType {
  return z
    .custom(
      (value) =>
        typeof value === 'function' || (typeof value === 'object' && value !== null && !isPromise(value)),
      NO_MESSAGE,
    )
    .superRefine((value, context) => {
      const found = (name: string): unknown => Reflect.get(Object(value), name);
      const lacking = required.find((name) => typeof found(name) !== 'function');
      const odd = optional.find((name) => found(name) !== undefined && typeof found(name) !== 'function');
      if (lacking !== undefined) context.addIssue({ code: 'custom', message: `it has no method ${lacking}` });
      else if (odd !== undefined)
        context.addIssue({ code: 'custom', message: `its ${odd} is not a function` });
    });
}

export const aFunction = z.custom((value) => typeof value === 'function', NO_MESSAGE);

export const anObject = z.custom(isOptions, NO_MESSAGE);

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
    write,
    shown: true,
  };
}

export function group(write: string, fields: RuleTable): OptionRule {
  const names = Object.keys(fields).join(', ');
  return {
    schema: anObject,
    allowed: `an object with any of ${names}`,
    write,
    fields,
  };
}

export function mountPath(write: string): OptionRule {
  return {
    schema: z
      .string()
      .refine((value) => value === parseLocalPath(value) && !/[?#]|\/$/.test(value), NO_MESSAGE),
    allowed: 'a path such as /mfa, without a slash at the end and without a query',
    write,
    shown: true,
  };
}

export function localPath(write: string): OptionRule {
  return {
    schema: z.string().refine((value) => parseLocalPath(value) !== null, NO_MESSAGE),
    allowed: 'a path on this site that starts with one slash',
    write,
    shown: true,
  };
}

/** A path on this site, or a URL with one of the schemes, such as `https:`. */
export function linkTo(schemes: readonly string[], write: string): OptionRule {
  return {
    schema: z.string().refine((value) => isLink(value, schemes), NO_MESSAGE),
    allowed: `a path on this site that starts with one slash, or an address that starts with ${schemes.join(' or ')}`,
    write,
    shown: true,
  };
}

export function isLink(value: string, schemes: readonly string[]): boolean {
  if (value.startsWith('/')) return parseLocalPath(value) !== null;
  return URL.canParse(value) && schemes.includes(new URL(value).protocol);
}

const link = z.strictObject({
  label: z.string().trim().min(1).max(60),
  url: z.string().refine((value) => isLink(value, ['https:'])),
});

/** Links that a page shows in addition to ours. */
export function links(write: string): OptionRule {
  return {
    schema: z.custom((value) => z.array(link).max(5).safeParse(value).success, NO_MESSAGE),
    allowed: 'a list of up to five { label, url }, each url a path on this site or an https address',
    write,
  };
}

/** The name of an app. A colon would end it in authenticator apps; a line break could forge an email header. */
export function appName(write: string): OptionRule {
  return {
    schema: z
      .string()
      .regex(/^.{1,64}$/u)
      .regex(/^\S(.*\S)?$/u)
      .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}:\u202a-\u202e\u2066-\u2069]*$/u),
    allowed: 'a name of 1 to 64 characters, without a colon, control characters or spaces around it',
    write,
    shown: true,
  };
}

export function callback(allowed: string, write: string): OptionRule {
  return { schema: aFunction, allowed, write };
}

export function port(
  allowed: string,
  write: string,
  methods: readonly string[],
  optional: readonly string[] = [],
): OptionRule {
  return { schema: withMethods({ required: methods, optional }), allowed, write };
}

export function danger(write: string): OptionRule {
  return {
    schema: z.boolean(),
    allowed: 'true or false',
    write: `${write}: true if that is what you want`,
    shown: true,
  };
}

export function aSwitch(write: string): OptionRule {
  return { schema: z.boolean(), allowed: 'true or false', write, shown: true };
}

/** One of the allowed words. For a misspelled word, the message suggests the nearest. */
export function oneOf(words: readonly string[], write: string): OptionRule {
  return {
    schema: z.custom().superRefine((value, context) => {
      if (words.some((word) => word === value)) return;
      context.addIssue({ code: 'custom', message: describeWord(value, words) });
    }),
    allowed: `one of ${words.join(', ')}`,
    write,
    shown: true,
  };
}

/** A list of allowed words. */
export function listOf(words: readonly string[], write: string): OptionRule {
  return {
    schema: z.custom().superRefine((value, context) => {
      const odd: unknown = Array.isArray(value)
        ? value.find((item) => !words.some((word) => word === item))
        : value;
      if (Array.isArray(value) && value.every((item) => words.some((word) => word === item))) return;
      context.addIssue({ code: 'custom', message: describeWord(odd, words) });
    }),
    allowed: `a list of any of ${words.join(', ')}`,
    write,
    shown: true,
  };
}

function describeWord(value: unknown, words: readonly string[]): string {
  const passed = describeValue(value, { shown: true });
  const nearest = typeof value === 'string' ? nearestName(value, words) : undefined;
  return nearest === undefined ? passed : `${passed} (did you mean '${nearest}'?)`;
}

/** An id in the host's own form. */
export function anId(write: string): OptionRule {
  return {
    schema: z.custom((value) => hostIdText(value) !== null, NO_MESSAGE),
    allowed: 'a text, a whole number, or an object with its own toString, such as an ObjectId',
    write,
    shown: true,
  };
}

/** Text that is not blank. */
export function someText(allowed: string, write: string): OptionRule {
  return {
    schema: z.string().refine((value) => /[^\s\p{Cc}]/u.test(value), NO_MESSAGE),
    allowed,
    write,
    shown: true,
  };
}

/** A list of windows for sending. `max` is bounded, because every send within a window is stored. */
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
    write,
  };
}
