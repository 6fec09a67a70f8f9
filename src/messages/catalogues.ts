import ar from './ar.json';
import de from './de.json';
import en from './en.json';
import es from './es.json';
import fr from './fr.json';
import it from './it.json';
import ja from './ja.json';
import nl from './nl.json';
import pl from './pl.json';
import ptBR from './pt-BR.json';

/** The messages of one language by their keys, in ICU MessageFormat. */
export type Catalogue = Readonly<Record<string, string>>;

export type MessageKey = keyof typeof en;

/** The catalogues that come with the package, in the order of the language menu. */
export const CATALOGUES: ReadonlyMap<string, Catalogue> = new Map<string, Catalogue>([
  ['en', en],
  ['de', de],
  ['fr', fr],
  ['es', es],
  ['pt-BR', ptBR],
  ['it', it],
  ['nl', nl],
  ['pl', pl],
  ['ja', ja],
  ['ar', ar],
]);

/** The language of the source texts. It is used for messages that another language lacks. */
export const SOURCE_LANGUAGE = 'en';

export const SOURCE_CATALOGUE: Catalogue = en;

/** Returns the host's own message for a key in one language, in ICU MessageFormat; undefined for the package's message. */
export type MessageOverride = (language: string, key: string) => string | undefined;
