import type { Translator } from './translator';

/** What is known of a browser; null where its header says nothing that is known. */
export interface NamedBrowser {
  readonly browser: string | null;
  readonly system: string | null;
}

/** `Firefox on Linux`, in the language of the page. */
export function browserInWords({ t }: Translator, { browser, system }: NamedBrowser): string {
  if (system === null) return browser ?? t('browser.unknown');
  return browser === null ? t('browser.unknown.on', { system }) : t('browser.named', { browser, system });
}
