import { SOURCE_LANGUAGE } from '../messages/catalogues';
import { createTranslator, type Translator } from '../messages/translator';
import { FACTOR_MESSAGES } from './present-factor';

/** English in the package's own words, for logs, errors and the names that authenticators are stored with. */
export const ENGLISH: Translator = createTranslator(SOURCE_LANGUAGE, {
  override: (_language, key) => FACTOR_MESSAGES.get(key),
  onError: () => undefined,
});
