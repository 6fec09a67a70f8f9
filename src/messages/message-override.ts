/** The message of a key in one language as the host wants it, in ICU MessageFormat; undefined for the package's own. */
export type MessageOverride = (language: string, key: string) => string | undefined;
