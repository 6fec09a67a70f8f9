import type { Request } from 'express';
import { ConfigurationError } from '../core/errors';
import { FACTOR_MESSAGES } from '../factors/present-factor';
import { nearestName } from '../core/text/nearest-name';
import { CATALOGUES, SOURCE_CATALOGUE, SOURCE_LANGUAGE } from '../messages/catalogues';
import { findForeignName, parseMessage, type ParsedMessage } from '../messages/message-format';
import type { MessageOverride } from '../messages/message-override';
import { createTranslations, type Translations } from '../messages/translations';
import { isLanguage, type LanguageOptions } from './languages';

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

/** Messages of a factor that is not the package's. */
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
