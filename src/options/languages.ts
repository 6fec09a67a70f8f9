import type { Request } from 'express';
import * as z from 'zod';
import { ConfigurationError } from '../core/errors';
import { nearestName } from '../core/text/nearest-name';
import { FACTOR_MESSAGES } from '../factors/factor-words';
import { CATALOGUES, SOURCE_CATALOGUE, SOURCE_LANGUAGE, type MessageOverride } from '../messages/catalogues';
import { findForeignName, parseMessage, type ParsedMessage } from '../messages/message-format';
import { createTranslations, type Translations } from '../messages/translator';
import type { RulesFor } from './option-check';
import { NO_MESSAGE, aFunction, anObject, callback } from './option-kinds';

/** The options for the languages and texts of pages and messages. */
export interface LanguageOptions {
  /**
   * The languages of the pages (BCP 47). The first is the default. Default: all languages of the package, English first. A
   * language of your own needs `messages`.
   */
  readonly languages?: readonly string[] | undefined;
  /**
   * Your own messages by language and key, in ICU MessageFormat: `{ en: { 'login.heading': 'Welcome back' } }`. The keys are
   * those of `en.json`. Or a function that returns a message, or undefined for ours.
   */
  readonly messages?:
    Readonly<Record<string, Readonly<Record<string, string>>>> | MessageOverride | undefined;
  /**
   * The language of a page (BCP 47), for apps that know it: `(req) => req.user?.language`. Without it, or if it returns no
   * available language, the choice in the language menu is used, then the browser's languages.
   */
  readonly locale?: ((req: Request) => string | null | undefined) | undefined;
  /** Shows a menu of the languages at the end of every page. Default false. */
  readonly languageMenu?: boolean | undefined;
}

/** Whether it is a BCP 47 tag in canonical form. */
export function isLanguage(value: unknown): boolean {
  try {
    return typeof value === 'string' && Intl.getCanonicalLocales(value)[0] === value;
  } catch {
    return false;
  }
}

export const LANGUAGE_RULES: RulesFor<LanguageOptions> = {
  languages: {
    schema: z.array(z.custom(isLanguage, NO_MESSAGE)).min(1),
    allowed: 'a list of one or more languages as BCP 47 writes them',
    write: "languages: ['en', 'de', 'pt-BR']",
    shown: true,
  },
  messages: {
    schema: z.union([aFunction, anObject]),
    allowed: 'an object of messages by language and key, or a function',
    write: "messages: { en: { 'login.heading': 'Welcome back' } }",
  },
  locale: callback('a function that takes a request', 'locale: (req) => req.user?.language'),
  languageMenu: {
    schema: z.boolean(),
    allowed: 'true or false',
    write: 'languageMenu: true',
    shown: true,
  },
};

export interface ResolvedLanguages {
  readonly translations: Translations;
  /** Never throws. */
  readonly locale: (req: Request) => string | null;
  readonly languageMenu: boolean;
}

/** Checks the languages and messages. Throws {@link ConfigurationError}. */
export function resolveLanguages(
  { languages, messages, locale, languageMenu }: LanguageOptions,
  onError: (error: unknown) => void,
): ResolvedLanguages {
  const offered = [...new Set(languages ?? CATALOGUES.keys())];
  const given = typeof messages === 'function' ? {} : (messages ?? {});
  for (const [language, own] of Object.entries(given)) checkMessages(language, own);
  const unknown = offered.find((one) => !CATALOGUES.has(one) && given[one] === undefined);
  if (unknown !== undefined && typeof messages !== 'function') {
    const known = [...CATALOGUES.keys()].join(', ');
    throw new ConfigurationError(
      'languages',
      `there are no messages in ${unknown}; the package has ${known}. Pass messages: { '${unknown}': { … } }, or leave it out`,
    );
  }
  const ofHost: MessageOverride =
    typeof messages === 'function' ? messages : (language, key) => given[language]?.[key];
  const override: MessageOverride = (language, key) =>
    ofHost(language, key) ?? (language === SOURCE_LANGUAGE ? FACTOR_MESSAGES.get(key) : undefined);
  return {
    translations: createTranslations(offered, { override, onError }),
    locale(req) {
      try {
        return locale?.(req) ?? null;
      } catch (error) {
        onError(error);
        return null;
      }
    },
    languageMenu: languageMenu === true,
  };
}

/** Keys of messages for a factor that is not part of the package. */
const FACTOR_KEY = /^factor\.[\w-]+\.[\w.-]+$/;

function checkMessages(language: string, own: Readonly<Record<string, string>>): void {
  const refuse = (key: string, fault: string): never => {
    throw new ConfigurationError(`messages.${language}`, `"${key}" ${fault}`);
  };
  if (!isLanguage(language))
    throw new ConfigurationError('messages', `"${language}" is not a language of BCP 47`);
  for (const [key, message] of Object.entries(own)) {
    const source = Object.hasOwn(SOURCE_CATALOGUE, key) ? SOURCE_CATALOGUE[key] : undefined;
    if (source === undefined && !FACTOR_KEY.test(key)) {
      const near = nearestName(key, Object.keys(SOURCE_CATALOGUE));
      refuse(key, `is not a key of a message${near === undefined ? '' : `; did you mean "${near}"?`}`);
    }
    const parsed = parseOwn(message, (fault) => refuse(key, fault));
    const foreign = source === undefined ? null : findForeignName(parsed, parseMessage(source));
    if (foreign !== null) refuse(key, `has ${foreign}, which this message is not given`);
  }
}

function parseOwn(message: unknown, refuse: (fault: string) => never): ParsedMessage {
  if (typeof message !== 'string') return refuse('is not text');
  try {
    return parseMessage(message);
  } catch (error) {
    return refuse(`is not ICU MessageFormat: ${error instanceof Error ? error.message : String(error)}`);
  }
}
