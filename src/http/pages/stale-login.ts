import type { ErrorRequestHandler } from 'express';
import { MfaError } from '../../errors';
import type { HttpContext } from '../http-context';
import { wantsJson } from '../representation';
import { sentenceFor } from '../sentences';
import { field, pageRoute, show } from './page-route';
import { reportRefusedToken } from './report-refused-token';

/**
 * A sign-in form that lay open for longer than a visitor's session lasts comes without its token. Nothing of it is tried, and
 * it is shown again with the name in it. Forms of other sites are left to the plain refusal, and so is whoever is known here.
 */
export function answerStaleLogin(context: HttpContext): ErrorRequestHandler {
  return function answerStaleForm(error: unknown, req, res, next) {
    const refused = error instanceof MfaError && error.code === 'csrf-token-refused';
    const isForm = req.method === 'POST' && req.path === '/login' && !wantsJson(req);
    if (!refused || !isForm || req.get('sec-fetch-site') === 'cross-site') {
      next(error);
      return;
    }
    const showAgain = pageRoute(context, async (page) => {
      if (page.visitor.kind === 'known') throw error;
      reportRefusedToken(context, req);
      const locals = {
        username: field(page, 'username'),
        error: null,
        notice: { tone: 'attention', text: sentenceFor('sign-in-too-old') },
      } as const;
      await show(page, 'login', locals, error.status);
    });
    showAgain(req, res, next);
  };
}
