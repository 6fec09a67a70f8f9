import { parse, type FunctionArg, type Select, type Token } from '@messageformat/parser';
import { escapeXML } from 'ejs';

/** HTML that is already escaped. */
export interface Markup {
  readonly html: string;
}

/** The values of a message's placeholders. Numbers are formatted for the language. */
export type MessageValues = Readonly<Record<string, string | number | Markup>>;

/** The element that a tag of a message becomes: its name and attributes, which are escaped. */
export type MessageTags = Readonly<Record<string, readonly [string, Readonly<Record<string, string>>?]>>;

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tag'; readonly name: string; readonly closes: boolean }
  | { readonly type: 'value'; readonly name: string; readonly style: 'plain' | 'percent' }
  | { readonly type: 'count' }
  | {
      readonly type: 'choice';
      readonly name: string;
      readonly by: Select['type'];
      readonly cases: ReadonlyMap<string, readonly Part[]>;
    };

export type ParsedMessage = readonly Part[];

const TAG = /<(\/?)([a-z][\w-]*)>/;

/**
 * Parses a message: `{name}`, `{n, number}`, `{n, number, percent}`, `plural`, `selectordinal`, `select` (with `_` for each
 * hyphen of a case), and tags such as `<link>here</link>`. Throws an Error that describes the problem.
 */
export function parseMessage(source: string): ParsedMessage {
  return toParts(parse(source));
}

function toParts(tokens: readonly Token[]): readonly Part[] {
  return tokens.flatMap((token): readonly Part[] => {
    switch (token.type) {
      case 'content':
        return splitTags(token.value);
      case 'argument':
        return [{ type: 'value', name: token.arg, style: 'plain' }];
      case 'octothorpe':
        return [{ type: 'count' }];
      case 'function':
        return [{ type: 'value', name: token.arg, style: numberStyle(token) }];
      case 'plural':
      case 'selectordinal':
      case 'select': {
        if ((token.pluralOffset ?? 0) !== 0) throw new Error(`offset is not supported in ${token.ctx.text}`);
        const cases = new Map(token.cases.map((one) => [one.key, toParts(one.tokens)]));
        if (!cases.has('other')) throw new Error(`${token.ctx.text} has no case "other"`);
        return [{ type: 'choice', name: token.arg, by: token.type, cases }];
      }
    }
  });
}

function numberStyle({ key, param, ctx }: FunctionArg): 'plain' | 'percent' {
  const [style] = param ?? [];
  if (key === 'number' && param === undefined) return 'plain';
  if (key === 'number' && style?.type === 'content' && style.value.trim() === 'percent') return 'percent';
  throw new Error(`${ctx.text}: only {name, number} and {name, number, percent} are supported`);
}

function splitTags(text: string): readonly Part[] {
  const found = TAG.exec(text);
  if (found === null) return text === '' ? [] : [{ type: 'text', text }];
  const [whole, slash, name = ''] = found;
  return [
    ...splitTags(text.slice(0, found.index)),
    { type: 'tag', name, closes: slash === '/' },
    ...splitTags(text.slice(found.index + whole.length)),
  ];
}

export function namesIn(parts: ParsedMessage): { readonly values: Set<string>; readonly tags: Set<string> } {
  const values = new Set<string>();
  const tags = new Set<string>();
  for (const part of parts) {
    if (part.type === 'tag') tags.add(part.name);
    if (part.type === 'value' || part.type === 'choice') values.add(part.name);
    if (part.type !== 'choice') continue;
    for (const inner of part.cases.values()) {
      const names = namesIn(inner);
      names.values.forEach((name) => values.add(name));
      names.tags.forEach((name) => tags.add(name));
    }
  }
  return { values, tags };
}

/** A placeholder or tag in the host's message that the package's message does not have; null if there is none. */
export function findForeignName(message: ParsedMessage, source: ParsedMessage): string | null {
  const [used, given] = [namesIn(message), namesIn(source)];
  const value = [...used.values].find((name) => !given.values.has(name));
  if (value !== undefined) return `the placeholder {${value}}`;
  const tag = [...used.tags].find((name) => !given.tags.has(name));
  return tag === undefined ? null : `the tag <${tag}>`;
}

interface Writer {
  text(text: string): string;
  value(value: string | Markup): string;
  tag(name: string, closes: boolean): string;
}

const PLAIN: Writer = {
  text: (text) => text,
  value: (value) => (typeof value === 'string' ? value : value.html),
  tag: () => '',
};

function openTag(name: string, attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXML(value)}"`);
  return `<${name}${written.join('')}>`;
}

/** An element around a text, as the value of a placeholder. Everything is escaped. */
export function element(name: string, attributes: Readonly<Record<string, string>>, text: string): Markup {
  return { html: `${openTag(name, attributes)}${escapeXML(text)}</${name}>` };
}

function htmlWriter(tags: MessageTags): Writer {
  return {
    text: escapeXML,
    value: (value) => (typeof value === 'string' ? escapeXML(value) : value.html),
    tag(name, closes) {
      const [elementName, attributes = {}] = tags[name] ?? [name];
      return closes ? `</${elementName}>` : openTag(elementName, attributes);
    },
  };
}

export class MessageFormatter {
  readonly #number: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #plural: Readonly<Record<'plural' | 'selectordinal', Intl.PluralRules>>;

  constructor(locale: string) {
    this.#number = new Intl.NumberFormat(locale);
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent' });
    this.#plural = {
      plural: new Intl.PluralRules(locale),
      selectordinal: new Intl.PluralRules(locale, { type: 'ordinal' }),
    };
  }

  /** Plain text, without tags. Throws a TypeError if a value is missing. */
  text(message: ParsedMessage, values: MessageValues): string {
    return this.#write(message, { values, writer: PLAIN, count: null });
  }

  /** Text and values are escaped, except {@link Markup}. A tag without an entry in `tags` becomes an element of its name. */
  html(message: ParsedMessage, values: MessageValues, tags: MessageTags): string {
    return this.#write(message, { values, writer: htmlWriter(tags), count: null });
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  percent(fraction: number): string {
    return this.#percent.format(fraction);
  }

  #write(
    parts: ParsedMessage,
    given: { readonly values: MessageValues; readonly writer: Writer; readonly count: number | null },
  ): string {
    const { values, writer, count } = given;
    return parts
      .map((part) => {
        switch (part.type) {
          case 'text':
            return writer.text(part.text);
          case 'tag':
            return writer.tag(part.name, part.closes);
          case 'count':
            return count === null ? '#' : writer.text(this.number(count));
          case 'value': {
            const value = valueOf(values, part.name);
            if (typeof value !== 'number') return writer.value(value);
            return writer.text(part.style === 'percent' ? this.percent(value) : this.number(value));
          }
          case 'choice': {
            const value = valueOf(values, part.name);
            const chosen = this.#choose(part, value);
            return this.#write(chosen, {
              ...given,
              count: part.by === 'select' ? count : Number(value),
            });
          }
        }
      })
      .join('');
  }

  #choose(
    { name, by, cases }: Extract<Part, { type: 'choice' }>,
    value: string | number | Markup,
  ): readonly Part[] {
    const other = cases.get('other') ?? [];
    if (typeof value === 'object')
      throw new TypeError(`The value "${name}" of a message must not be markup.`);
    if (by === 'select') return cases.get(String(value).replaceAll('-', '_')) ?? other;
    if (typeof value !== 'number') throw new TypeError(`The value "${name}" of a message must be a number.`);
    return cases.get(`=${value}`) ?? cases.get(this.#plural[by].select(value)) ?? other;
  }
}

function valueOf(values: MessageValues, name: string): string | number | Markup {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new TypeError(`A message needs the value "${name}".`);
  return value;
}
