import type { ErrorRequestHandler } from 'express';
import type { HttpContext } from '../http-context';
import { wantsJson } from '../representation';
import { sentenceFor } from '../sentences';
import { tokenRefusalOf } from '../token-refusal';
import type { TokenRefusal } from '../token-refusal';
import { field, pageRoute, show } from './page-route';
import { reportRefusedToken } from './report-refused-token';

/** What the sign-in form says when it is shown again. Forms of other sites and addresses are not shown again. */
const NOTICES: Readonly<Record<TokenRefusal, string | null>> = {
  'other-site': null,
  'other-address': null,
  'cookie-missing': 'cookie-missing',
  'token-missing': 'token-missing',
  'body-unread': 'body-unread',
  'page-too-old': 'sign-in-form-too-old',
  'session-changed': 'sign-in-out-of-date',
};

/**
 * A sign-in form without its token, such as one that lay open for longer than the token lasts. Nothing of it is tried, and it is
 * shown again with the name in it. Somebody who is known here gets the plain refusal.
 */
export function answerStaleLogin(context: HttpContext): ErrorRequestHandler {
  return function answerStaleForm(error: unknown, req, res, next) {
    const reason = tokenRefusalOf(error);
    const notice = reason === null ? null : NOTICES[reason];
    const isForm = req.method === 'POST' && req.path === '/login' && !wantsJson(req);
    if (notice === null || !isForm) {
      next(error);
      return;
    }
    const showAgain = pageRoute(context, async (page) => {
      if (page.visitor.kind === 'known') throw error;
      reportRefusedToken(context, req);
      const locals = {
        username: field(page, 'username'),
        error: null,
        notice: { tone: 'attention', text: sentenceFor(notice) },
      } as const;
      await show(page, 'login', locals, 403);
    });
    showAgain(req, res, next);
  };
}
