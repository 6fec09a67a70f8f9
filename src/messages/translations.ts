import { SOURCE_LANGUAGE } from './catalogues';
import type { MessageOverride } from './message-override';
import { createTranslator, type Translator } from './translator';

/** The languages in which an app speaks. */
export interface Translations {
  /** BCP 47, in the order of the menu. The first is used where nothing says otherwise. */
  readonly languages: readonly string[];
  /** The translator of the first language. */
  readonly fallback: Translator;
  /** The translator of the offered language that fits a BCP 47 tag best (RFC 4647, lookup): `de` for `de-AT`; undefined if none fits. */
  find(tag: string): Translator | undefined;
  /** The same, or the first language. */
  for(tag: string | null | undefined): Translator;
}

/** Longer than the tags that people use. A cookie, a form or a user table may hold anything, and each part costs a lookup. */
const LONGEST_TAG = 100;

export function createTranslations(
  languages: readonly string[],
  given: { readonly override: MessageOverride; readonly onError: (error: Error) => void },
): Translations {
  const [first = SOURCE_LANGUAGE] = languages;
  const offered = new Map(languages.map((language) => [language.toLowerCase(), language]));
  const translators = new Map<string, Translator>();

  /** Each is made when it is first needed: the formats of a language take about a millisecond. */
  function translatorIn(language: string): Translator {
    const known = translators.get(language) ?? createTranslator(language, given);
    translators.set(language, known);
    return known;
  }

  const fallback = translatorIn(first);
  const translations: Translations = {
    languages,
    fallback,
    for: (tag) => (typeof tag === 'string' ? translations.find(tag) : undefined) ?? fallback,
    find(tag) {
      if (tag.length > LONGEST_TAG) return undefined;
      const parts = tag.toLowerCase().split(/[-_]/);
      while (parts.length > 0) {
        const found = offered.get(parts.join('-'));
        if (found !== undefined) return translatorIn(found);
        parts.pop();
      }
      const [base] = tag.toLowerCase().split(/[-_]/);
      const sibling = languages.find((language) => language.toLowerCase().split('-')[0] === base);
      return sibling === undefined ? undefined : translatorIn(sibling);
    },
  };
  return translations;
}
