import express from 'express';
import type { ErrorRequestHandler, RequestHandler, Router } from 'express';
import { MfaError } from '../../errors';
import type { HttpContext } from '../http-context';
import { leaveAsFormMust } from '../keep-forms-here';
import { pageHeaders } from '../page-headers';
import { ASSETS } from '../render-page';
import { wantsJson } from '../representation';
import { pageLocals, sendRefusal } from '../respond';
import { withReturnTo } from '../return-to';
import { sentenceFor } from '../sentences';
import { ANONYMOUS } from '../visitor';
import { addChallengeRoutes } from './challenge';
import { addDeliveredRoutes } from './enroll-delivered';
import { addTotpRoutes } from './enroll-totp';
import { addEnrollmentStartRoutes } from './enroll';
import { addLoginRoutes } from './login';
import { addRecoveryCodeRoutes } from './recovery-codes';
import { addRememberedBrowserRoutes } from './remembered-browsers';
import { reportRefusedToken } from './report-refused-token';
import { addSessionRoutes } from './sessions';
import { addSettingsRoutes } from './settings';
import { addSmsStatusRoute } from './sms-status';
import { answerStaleLogin } from './stale-login';
import { addStateRoute } from './state';
import { addStepUpRoutes } from './step-up';
import { addUnlockRoutes } from './unlock';

const BODY_LIMIT = '10kb';

/** Sign-in, challenge, step-up and enrollment: pages and JSON on the same routes. */
export function createPagesRouter(context: HttpContext): Router {
  const router = express.Router();
  router.use(pageHeaders(context));
  router.use('/assets', express.static(ASSETS, { index: false, maxAge: '1h', redirect: false }));
  router.use(neverStore, ...bodyParsers());
  router.post('/logout', leaveAsFormMust(context));
  addSmsStatusRoute(router, context);
  router.use(checkCsrf(context));
  addStateRoute(router, context);
  addLoginRoutes(router, context);
  addChallengeRoutes(router, context);
  addStepUpRoutes(router, context);
  addUnlockRoutes(router, context);
  addSessionRoutes(router, context);
  addRememberedBrowserRoutes(router, context);
  addEnrollmentStartRoutes(router, context);
  addTotpRoutes(router, context);
  addDeliveredRoutes(router, context);
  addRecoveryCodeRoutes(router, context);
  addSettingsRoutes(router, context);
  router.use(answerUnknown);
  router.use(answerStaleLogin(context));
  router.use(answerError(context));
  return router;
}

export function neverStore(...[, res, next]: Parameters<RequestHandler>): void {
  res.set('Cache-Control', 'no-store');
  next();
}

/** Ours, unless the host's parser was there first. Flat fields only: nothing here is nested. */
export function bodyParsers(): readonly RequestHandler[] {
  return [
    express.urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: 50 }),
    express.json({ limit: BODY_LIMIT }),
  ];
}

export function checkCsrf(context: HttpContext): RequestHandler {
  return function checkCsrfToken(req, _res, next) {
    if (req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'OPTIONS') context.csrf.check(req);
    next();
  };
}

export const answerUnknown: RequestHandler = function answerUnknown(_req, _res, next) {
  next(new MfaError('not-found', 'There is nothing here.'));
};

/** The last word on our own pages: a plain page or JSON, never a stack. */
export function answerError(context: HttpContext): ErrorRequestHandler {
  return function answerPageError(error: unknown, req, res, next) {
    if (res.headersSent) {
      next(error);
      return;
    }
    const { code, status } = describeError(error);
    if (status >= 500) context.options.onError(error);
    if (code === 'csrf-token-refused') reportRefusedToken(context, req);
    if (wantsJson(req)) {
      sendRefusal(res, { because: code, status });
      return;
    }
    const page = pageOfError(context, req);
    context.pages
      .send(res, {
        view: 'message',
        status,
        page,
        locals: {
          tone: status >= 500 ? 'bad' : 'attention',
          heading: headingFor(code, status),
          paragraphs: [sentenceFor(code)],
          retryAt: null,
          action: wayOn(context, code, page.returnTo),
          secondary: null,
        },
      })
      .catch(next);
  };
}

/** A form whose session is gone starts over at the sign-in, which leads whoever is signed in on. */
function wayOn(
  context: HttpContext,
  code: string,
  returnTo: string | null,
): { readonly label: string; readonly path: string } {
  const { loginPath, defaultReturnTo, issuer } = context.options;
  return code === 'csrf-token-refused'
    ? { label: 'Start again', path: withReturnTo(loginPath, returnTo) }
    : { label: `Back to ${issuer}`, path: defaultReturnTo };
}

function headingFor(code: string, status: number): string {
  if (code === 'csrf-token-refused') return 'This page is out of date';
  if (status === 404) return 'There is nothing here';
  if (status >= 500) return 'This does not work now';
  return 'Not done';
}

/** Body parsers and Express itself throw errors with a status; everything unknown is ours to be ashamed of. */
function describeError(error: unknown): { readonly code: string; readonly status: number } {
  if (error instanceof MfaError) return { code: error.code, status: error.status };
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) return { code: 'body-unreadable', status };
  return { code: 'store-unavailable', status: 500 };
}

/** The store may be what failed, so the page asks nothing of the session. */
function pageOfError(
  context: HttpContext,
  req: Parameters<ErrorRequestHandler>[1],
): ReturnType<typeof pageLocals> {
  try {
    return pageLocals(context, req, ANONYMOUS);
  } catch {
    const { pagesPath, issuer, defaultReturnTo } = context.options;
    return {
      issuer,
      basePath: pagesPath,
      homePath: defaultReturnTo,
      assetsPath: `${pagesPath}/assets`,
      themePath: null,
      csrfField: { name: context.csrf.field, value: '' },
      signedIn: false,
      account: null,
      returnTo: null,
      formsStay: false,
      script: true,
      lang: 'en',
    };
  }
}
