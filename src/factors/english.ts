import type { FactorKind } from '../core/member/factor-kind';
import { SOURCE_LANGUAGE } from '../messages/catalogues';
import { createTranslator, type Translator } from '../messages/translator';
import { FACTOR_MESSAGES, wordsOf } from './factor-words';

/** English in the package's own words, for logs, errors and the names that authenticators are stored with. */
export const ENGLISH: Translator = createTranslator(SOURCE_LANGUAGE, {
  override: (_language, key) => FACTOR_MESSAGES.get(key),
  onError: () => undefined,
});

/** The name of an authenticator: its owner's, or the usual one in this language. */
export function labelIn(
  translator: Translator,
  { kind, label }: { readonly kind: FactorKind; readonly label: string },
): string {
  return label === wordsOf(ENGLISH, kind).label ? wordsOf(translator, kind).label : label;
}
