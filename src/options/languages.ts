import type { Request } from 'express';
import * as z from 'zod';
import type { MessageOverride } from '../messages/message-override';
import type { RulesFor } from './option-check';
import { NO_MESSAGE, aFunction, anObject, callback } from './option-kinds';

/** The options about the words of pages and messages. */
export interface LanguageOptions {
  /**
   * The languages in which the pages appear (BCP 47). The first is used where nothing says otherwise. Default: all that come with the
   * package, English first. A language of your own needs `messages`.
   */
  readonly languages?: readonly string[] | undefined;
  /**
   * Messages of your own by language and key, in ICU MessageFormat: `{ en: { 'login.heading': 'Welcome back' } }`. Keys are those of
   * `en.json`. Or a function that returns the message, or undefined for ours.
   */
  readonly messages?:
    Readonly<Record<string, Readonly<Record<string, string>>>> | MessageOverride | undefined;
  /**
   * The language of a page (BCP 47), for apps that know it: `(req) => req.user?.language`. Without it, or where it returns nothing that is
   * offered, the choice in the language menu counts, then the browser's languages.
   */
  readonly locale?: ((req: Request) => string | null | undefined) | undefined;
  /** Shows a menu of the languages at the end of every page. Default false. */
  readonly languageMenu?: boolean | undefined;
}

/** Whether it is a tag of BCP 47 in its canonical form. */
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
