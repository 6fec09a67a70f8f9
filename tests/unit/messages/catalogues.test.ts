import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CATALOGUES,
  SOURCE_CATALOGUE,
  SOURCE_LANGUAGE,
  type Catalogue,
} from '../../../src/messages/catalogues';
import { namesIn, parseMessage, type ParsedMessage } from '../../../src/messages/message-format';

const root = join(__dirname, '../../..');

const sources = ['src', 'views'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|ejs)$/.test(path))
    .map((path) => readFileSync(join(root, folder, path), 'utf8')),
);
const written = sources.join('\n');
const keys = Object.keys(SOURCE_CATALOGUE);

/** Keys that are put together at run time: the beginning of each template literal that ends in a dot before its value. */
const prefixes = new Set(
  [...written.matchAll(/`([a-z][\w-]*(?:\.[\w-]+)*\.)\$\{/g)].map(([, prefix]) => prefix),
);

describe('the English catalogue', () => {
  it('has every key that a view or a source file asks for', () => {
    const asked = [...written.matchAll(/\b(?:t|html)\(\s*'([\w.-]+)'/g)].map(([, key = '']) => key);
    expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('has no key that nothing asks for', () => {
    const literals = new Set([...written.matchAll(/'([a-z][\w-]*(?:\.[\w-]+)+)'/g)].map(([, key]) => key));
    const unused = keys.filter(
      (key) => !literals.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix ?? '-')),
    );
    expect(unused).toEqual([]);
  });

  it('is sorted by key', () => {
    expect(keys).toEqual(keys.toSorted());
  });

  it('uses typographic apostrophes, since ICU gives the straight one a meaning', () => {
    expect(Object.values(SOURCE_CATALOGUE).filter((message) => message.includes("'"))).toEqual([]);
  });
});

const namesOf = (message: string) => {
  const { values, tags } = namesIn(parseMessage(message));
  return JSON.stringify([[...values].toSorted(), [...tags].toSorted()]);
};

const translations = [...CATALOGUES].filter(([language]) => language !== SOURCE_LANGUAGE);

describe('every translation', () => {
  const faults = (find: (language: string, catalogue: Catalogue) => readonly string[]) =>
    translations.flatMap(([language, catalogue]) =>
      find(language, catalogue).map((fault) => `${language}: ${fault}`),
    );

  it('has the keys of the English catalogue, in their order', () => {
    const others = translations.filter(([, catalogue]) => Object.keys(catalogue).join() !== keys.join());
    expect(others.map(([language]) => language)).toEqual([]);
  });

  it('has the placeholders and tags of the English message', () => {
    const differing = faults((_language, catalogue) =>
      keys.filter((key) => namesOf(catalogue[key] ?? '') !== namesOf(SOURCE_CATALOGUE[key] ?? '')),
    );
    expect(differing).toEqual([]);
  });

  it('has every plural form of its language', () => {
    const lacking = faults((language, catalogue) => {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      return Object.entries(catalogue).flatMap(([key, message]) =>
        pluralsIn(parseMessage(message)).flatMap((forms) =>
          pluralCategories.filter((form) => !forms.includes(form)).map((form) => `${key} ${form}`),
        ),
      );
    });
    expect(lacking).toEqual([]);
  });

  it('uses no straight apostrophe', () => {
    const straight = faults((_language, catalogue) =>
      Object.values(catalogue).filter((message) => message.includes("'")),
    );
    expect(straight).toEqual([]);
  });
});

function pluralsIn(parts: ParsedMessage): (readonly string[])[] {
  return parts.flatMap((part) => {
    if (part.type !== 'choice') return [];
    const inner = [...part.cases.values()].flatMap((one) => pluralsIn(one));
    return part.by === 'plural' ? [[...part.cases.keys()], ...inner] : inner;
  });
}
