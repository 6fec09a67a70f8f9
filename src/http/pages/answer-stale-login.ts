import type { ErrorRequestHandler } from 'express';
import { usernameKey } from '../../core/address/network-address';
import { reportRefusedRequest } from '../../flows/context/judge-access';
import type { HttpContext } from '../kernel/http-context';
import { field, pageRoute, type PageRequest } from '../kernel/page-route';
import { wantsJson } from '../kernel/representation';
import { originOf, textField } from '../kernel/request';
import { sentenceFor } from '../kernel/sentences';
import { tokenRefusalOf, type TokenRefusal } from '../kernel/token-refusal';
import { showSignIn, wayInPath } from './login-view';

/** The notice when the sign-in form is shown again; null where it is not, as for forms of other sites. */
const NOTICES: Readonly<Record<TokenRefusal, string | null>> = {
  'other-site': null,
  'other-address': null,
  'cookie-missing': 'cookie-missing',
  'token-missing': 'token-missing',
  'body-unread': 'body-unread',
  'page-too-old': 'sign-in-form-too-old',
  'session-changed': 'sign-in-out-of-date',
};

const SECOND_STEP = /^\/challenge(?:\/|$)/;

/** Another tab has signed the same person in meanwhile. A form of another person's must not seem to have worked. */
function isSignedInAsTyped({ identity, req }: PageRequest): boolean {
  if (identity.kind !== 'known' || identity.subject.phase !== 'session') return false;
  const typed = textField(req.body, 'username');
  return typed === '' || usernameKey(typed) === usernameKey(identity.account.username ?? '');
}

/**
 * Shows a sign-in form without a valid token again, with the name filled in, for example after its token expired. No password is tried.
 * Whom another tab has signed in goes on from there; anybody else with a session or a pending login gets the plain refusal.
 */
export function answerStaleLogin(context: HttpContext): ErrorRequestHandler {
  return function answerStaleForm(error: unknown, req, res, next) {
    const reason = tokenRefusalOf(error);
    const notice = reason === null ? null : NOTICES[reason];
    const isSignIn = req.path === '/login' || req.path === wayInPath(context);
    const isForm = req.method === 'POST' && (isSignIn || SECOND_STEP.test(req.path)) && !wantsJson(req);
    if (notice === null || !isForm) {
      next(error);
      return;
    }
    const showAgain = pageRoute(context, async (page) => {
      const isElsewhere = reason === 'session-changed' && isSignedInAsTyped(page);
      if (!isElsewhere && (page.identity.kind === 'known' || !isSignIn)) throw error;
      reportRefusedRequest(context, {
        account: null,
        origin: originOf(req),
        details: { because: 'csrf-token-refused' },
      });
      if (isElsewhere) return res.redirect(303, page.returnTo ?? context.options.defaultReturnTo);
      const locals = {
        username: field(page, 'username'),
        error: null,
        notice: { tone: 'attention', text: sentenceFor(page.translator, notice) },
      } as const;
      await showSignIn(page, locals, 403);
    });
    showAgain(req, res, next);
  };
}
