import type { Router } from 'express';
import type { HttpContext } from '../kernel/http-context';
import { saveLanguage } from '../kernel/language';
import { field, pageRoute, refusePlainly, type PageRequest } from '../kernel/page-route';
import { sendNext } from '../kernel/respond';

/** The language menu at the end of every page. */
export function addLanguageRoute(router: Router, context: HttpContext): void {
  if (context.options.languageMenu) router.post('/language', pageRoute(context, changeLanguage));
}

async function changeLanguage(page: PageRequest): Promise<void> {
  const { context, req, res, returnTo } = page;
  const { translations, defaultReturnTo } = context.options;
  const chosen = translations.find(field(page, 'language'));
  if (chosen === undefined) return refusePlainly(page, { because: 'unknown-language', status: 400 });
  saveLanguage(context, res, chosen);
  sendNext(req, res, { outcome: 'saved', next: returnTo ?? defaultReturnTo });
}
