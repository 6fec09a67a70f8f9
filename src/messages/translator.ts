import {
  CATALOGUES,
  SOURCE_CATALOGUE,
  SOURCE_LANGUAGE,
  type MessageKey,
  type MessageOverride,
} from './catalogues';
import {
  MessageFormatter,
  findForeignName,
  parseMessage,
  type MessageTags,
  type MessageValues,
  type ParsedMessage,
} from './message-format';

/** An instant (`15 Dec 2026, 14:32 UTC`) or a day (`15 Dec 2026`), with its ISO form. */
export interface Moment {
  readonly iso: string;
  readonly text: string;
  /** The page's script shows instants in the reader's time zone; days stay days in UTC. */
  readonly isInstant: boolean;
}

export interface Translator {
  /** BCP 47: `pt-BR`. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly t: (key: MessageKey, values?: MessageValues) => string;
  /** A message as HTML: values are escaped, and each tag of the message becomes the element of `tags`. */
  readonly html: (key: MessageKey, values?: MessageValues, tags?: MessageTags) => string;
  has(key: string): key is MessageKey;
  /** Milliseconds since the epoch as an instant. */
  readonly moment: (at: number) => Moment;
  /** Milliseconds since the epoch as a day. */
  readonly day: (at: number) => Moment;
  /** `5 minutes`, rounded up; `40 seconds` below a minute. */
  readonly duration: (seconds: number) => string;
  /** `a, b and c`. */
  readonly list: (items: readonly string[]) => string;
  readonly number: (value: number) => string;
  readonly percent: (fraction: number) => string;
}

/** English dates are written with the day first. */
const DATE_LOCALES: ReadonlyMap<string, string> = new Map([['en', 'en-GB']]);

const RTL_SCRIPTS: ReadonlySet<string> = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg']);

export function directionOf(language: string): 'ltr' | 'rtl' {
  const { script = '' } = new Intl.Locale(language).maximize();
  return RTL_SCRIPTS.has(script) ? 'rtl' : 'ltr';
}

const DATE = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
const DATE_AND_TIME = { ...DATE, hour: '2-digit', minute: '2-digit' } as const;

/** A message is looked up in the host's messages (`onError` if invalid), then in the package's catalogue, then in English. */
export function createTranslator(
  language: string,
  { override, onError }: { readonly override: MessageOverride; readonly onError: (error: Error) => void },
): Translator {
  const catalogue = CATALOGUES.get(language) ?? SOURCE_CATALOGUE;
  const formatter = new MessageFormatter(language);
  const fallback = new MessageFormatter(SOURCE_LANGUAGE);
  const dateLocale = DATE_LOCALES.get(language) ?? language;
  const date = new Intl.DateTimeFormat(dateLocale, DATE);
  const dateAndTime = new Intl.DateTimeFormat(dateLocale, DATE_AND_TIME);
  const conjunction = new Intl.ListFormat(dateLocale, { type: 'conjunction' });
  const reported = new Set<string>();
  const parsed = new Map<string, { readonly source: string; readonly message: ParsedMessage }>();

  /** `original` is the package's message that a message of the host replaces. Throws if the message is invalid. */
  function parseOnce(key: string, source: string, original?: string): ParsedMessage {
    const known = parsed.get(key);
    if (known?.source === source) return known.message;
    const message = parseMessage(source);
    const foreign = original === undefined ? null : findForeignName(message, parseMessage(original));
    if (foreign !== null) throw new Error(`It has ${foreign}, which this message is not given.`);
    parsed.set(key, { source, message });
    return message;
  }

  /** The host's message; undefined if there is none or it is invalid. The host's function may return anything. */
  function findHosts(inLanguage: string, key: MessageKey): ParsedMessage | undefined {
    const given = override(inLanguage, key);
    if (given === undefined) return undefined;
    try {
      return parseOnce(key, given, SOURCE_CATALOGUE[key]);
    } catch (cause) {
      if (!reported.has(given))
        onError(new Error(`The message "${key}" of your ${inLanguage} messages cannot be used.`, { cause }));
      reported.add(given);
      return undefined;
    }
  }

  function find(key: MessageKey): { readonly message: ParsedMessage; readonly by: MessageFormatter } {
    const hosts = findHosts(language, key);
    if (hosts !== undefined) return { message: hosts, by: formatter };
    const own = catalogue[key];
    if (own !== undefined) return { message: parseOnce(key, own), by: formatter };
    const hostsSource = findHosts(SOURCE_LANGUAGE, key);
    if (hostsSource !== undefined) return { message: hostsSource, by: fallback };
    const source = SOURCE_CATALOGUE[key];
    if (source === undefined) throw new TypeError(`There is no message "${key}".`);
    return { message: parseOnce(key, source), by: fallback };
  }

  const translator: Translator = {
    language,
    direction: directionOf(language),
    t(key, values = {}) {
      const { message, by } = find(key);
      return by.text(message, values);
    },
    html(key, values = {}, tags = {}) {
      const { message, by } = find(key);
      return by.html(message, values, tags);
    },
    has: (key): key is MessageKey =>
      Object.hasOwn(SOURCE_CATALOGUE, key) || override(SOURCE_LANGUAGE, key) !== undefined,
    moment: (at) => ({
      iso: new Date(at).toISOString(),
      text: `${dateAndTime.format(at)} UTC`,
      isInstant: true,
    }),
    day: (at) => ({ iso: new Date(at).toISOString(), text: date.format(at), isInstant: false }),
    duration(seconds) {
      if (seconds < 60) return translator.t('duration.seconds', { count: Math.max(1, Math.ceil(seconds)) });
      return translator.t('duration.minutes', { count: Math.ceil(seconds / 60) });
    },
    list: (items) => conjunction.format(items),
    number: (value) => formatter.number(value),
    percent: (fraction) => formatter.percent(fraction),
  };
  return translator;
}

/** The names of a browser and its system; null if the header does not tell. */
export interface NamedBrowser {
  readonly browser: string | null;
  readonly system: string | null;
}

/** `Firefox on Linux`, in the language of the page. */
export function browserInWords({ t }: Translator, { browser, system }: NamedBrowser): string {
  if (system === null) return browser ?? t('browser.unknown');
  return browser === null ? t('browser.unknown.on', { system }) : t('browser.named', { browser, system });
}

export interface Translations {
  /** BCP 47, in the order of the menu. The first is the default. */
  readonly languages: readonly string[];
  readonly fallback: Translator;
  /** The available language that matches a BCP 47 tag best (RFC 4647, lookup): `de` for `de-AT`; undefined if none does. */
  find(tag: string): Translator | undefined;
  /** Like `find`, with the first language as the fallback. */
  for(tag: string | null | undefined): Translator;
}

/** Longer than real tags. A cookie, a form or a user table may contain any text, and each part costs a lookup. */
const LONGEST_TAG = 100;

export function createTranslations(
  languages: readonly string[],
  given: { readonly override: MessageOverride; readonly onError: (error: Error) => void },
): Translations {
  const [first = SOURCE_LANGUAGE] = languages;
  const offered = new Map(languages.map((language) => [language.toLowerCase(), language]));
  const translators = new Map<string, Translator>();

  /** Translators are created on first use, because the formats of a language take about a millisecond. */
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
