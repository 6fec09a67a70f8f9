import { createTranslations } from '../../src/messages/translator';

/** The package's own messages in these languages, the first of which is used where nothing says otherwise. */
export const translationsIn = (...languages: string[]) =>
  createTranslations(languages, { override: () => undefined, onError: () => undefined });
