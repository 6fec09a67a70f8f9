import type { Request, Response } from 'express';
import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/factor-words';
import type { FlowContext } from '../../flows/context/context';
import type { Translator } from '../../messages/translator';
import { cookieOf, stateOf } from './request';

type Context = Pick<FlowContext, 'options'>;

/**
 * The language of a page, in this order: the host's `locale`, the choice in the menu, the browser's preference (RFC 9110,
 * 12.5.4), the first available language.
 */
export function translatorFor({ options }: Context, req: Request): Translator {
  const state = stateOf(req);
  state.translator ??= choose(options, req);
  return state.translator;
}

function choose({ translations, locale, languageMenu }: Context['options'], req: Request): Translator {
  const candidates = [locale(req), languageMenu ? cookieOf(req, COOKIE) : undefined];
  for (const tag of candidates) {
    const found = typeof tag === 'string' ? translations.find(tag) : undefined;
    if (found !== undefined) return found;
  }
  const preferred = req.acceptsLanguages([...translations.languages]);
  return translations.for(preferred === false ? null : preferred);
}

/** The choice in the language menu. It is not secret and affects only the text. */
const COOKIE = 'mfa-language';

const YEAR_MS = 365 * 86_400_000;

/** Stores the choice in a cookie for a year. */
export function saveLanguage({ options }: Context, res: Response, { language }: Translator): void {
  res.cookie(COOKIE, language, {
    httpOnly: true,
    sameSite: 'lax',
    secure: options.secure,
    path: '/',
    maxAge: YEAR_MS,
  });
}

/** An entry of the menu: `{ language: 'pt-BR', name: 'Português (Brasil)' }`. */
export interface LanguageEntry {
  readonly language: string;
  /** In the language itself. */
  readonly name: string;
}

export function listLanguages({
  translations,
  languageMenu: isShown,
}: Context['options']): readonly LanguageEntry[] {
  if (!isShown) return [];
  return translations.languages.map((language) => {
    const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
    return { language, name: name.charAt(0).toLocaleUpperCase(language) + name.slice(1) };
  });
}

/** The message for a reason: what happened, then what to do. Programs should use the reason; the message may change. */
export function sentenceFor(translator: Translator, because: string, kind?: FactorKind): string {
  const ofKind = kind === undefined ? null : wordsOf(translator, kind).refusal(because);
  if (ofKind !== null) return ofKind;
  const key = `refusal.${because}`;
  return translator.t(translator.has(key) ? key : 'refusal.unknown');
}

/** The methods with which a session was proven: `Password and authenticator app`. */
export function proofInWords(translator: Translator, methods: readonly string[]): string {
  if (methods.length === 0) return translator.t('proof.none');
  const sentence = methodList(translator, methods);
  return sentence.charAt(0).toLocaleUpperCase(translator.language) + sentence.slice(1);
}

/** `password and authenticator app`, within a sentence. */
export function methodList(translator: Translator, methods: readonly string[]): string {
  const words = methods.map((method) => {
    const key = `proof.${method}`;
    return translator.has(key) ? translator.t(key) : wordsOf(translator, method).proof;
  });
  return translator.list(words);
}
