import { join } from 'node:path';
import express from 'express';
import type { RequestHandler, Router } from 'express';
import { MfaError } from '../../core/errors';
import { checkCsrf } from '../kernel/check-csrf';
import { respectFormAction, pageHeaders } from '../kernel/headers';
import { requireMountPath, type HttpContext } from '../kernel/http-context';
import { saveLanguage } from '../kernel/language';
import { field, pageRoute, refusePlainly, type PageRequest } from '../kernel/page-route';
import { serveAccents } from '../kernel/render-page';
import { wantsJson } from '../kernel/representation';
import { requestedReturnTo, stateOf, withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { answerError, answerStaleLogin } from './answer-error';
import { addChallengeRoutes } from './challenge';
import { addEnrollmentStartRoutes } from './enroll';
import { addDeliveredRoutes } from './enroll-delivered';
import { addSecretRoutes } from './enroll-secret';
import { addLoginRoutes } from './login';
import { addRecoveryCodeRoutes } from './recovery-codes';
import { addRememberedBrowserRoutes } from './remembered-browsers';
import { addSessionRoutes } from './sessions';
import { addSettingsRoutes } from './settings';
import { addSmsStatusRoute } from './sms-status';
import { addStateRoute } from './state';
import { addStepUpRoutes } from './step-up';
import { addUnlockRoutes } from './unlock';
import { addWayInRoutes } from './way-in';

const BODY_LIMIT = '10kb';

export function createPagesRouter(context: HttpContext): Router {
  const router = express.Router();
  context.mounts.add(router);
  router.use(pageHeaders(context));
  router.use(function checkMountPath(req, _res, next) {
    requireMountPath(req, { path: context.options.pagesPath, option: 'pagesPath', router: 'mfa.pages()' });
    next();
  });
  router.use(
    '/assets',
    serveAccents,
    express.static(join(context.options.viewsPath, 'assets'), {
      index: false,
      maxAge: '1h',
      redirect: false,
    }),
  );
  router.use(neverStore, ...bodyParsers());
  router.post('/logout', respectFormAction(context));
  addSmsStatusRoute(router, context);
  router.use(checkCsrf(context));
  addStateRoute(router, context);
  addLanguageRoute(router, context);
  addLoginRoutes(router, context);
  addWayInRoutes(router, context);
  addChallengeRoutes(router, context);
  addStepUpRoutes(router, context);
  addUnlockRoutes(router, context);
  addSessionRoutes(router, context);
  addRememberedBrowserRoutes(router, context);
  addEnrollmentStartRoutes(router, context);
  addSecretRoutes(router, context);
  addDeliveredRoutes(router, context);
  addRecoveryCodeRoutes(router, context);
  addSettingsRoutes(router, context);
  router.use(redirectToFormPage(context.options.pagesPath, PAGE_OF_FORM), answerUnknown);
  router.use(answerStaleLogin(context));
  router.use(answerError(context));
  return router;
}

/** Paths that only take POST: the match is the page with the form, where a GET is redirected. */
const PAGE_OF_FORM = new RegExp(
  [
    '^/enroll/[a-z-]+(?=/(?:confirm|resend|download)$)',
    '^/enroll(?=/skip$)',
    '^/challenge(?=/(?:factor|resend)$)',
    '^/settings(?=/(?:recovery-codes|authenticators/[^/]+/[a-z-]+|remembered-browsers/(?:forget-all|[^/]+/forget))$)',
    '^/sessions(?=/(?:end-others|[^/]+/end)$)',
  ].join('|'),
);

export function neverStore(...[, res, next]: Parameters<RequestHandler>): void {
  res.set('Cache-Control', 'no-store');
  next();
}

/** Our body parsers; they skip a body that is already parsed. Flat fields only. */
export function bodyParsers(limit = BODY_LIMIT): readonly RequestHandler[] {
  return [
    recordReadBody,
    express.urlencoded({ extended: false, limit, parameterLimit: 50 }),
    express.json({ limit }),
  ];
}

/** Records whether the host's parser has already read the body, which is possible only once. */
function recordReadBody(...[req, , next]: Parameters<RequestHandler>): void {
  stateOf(req).bodyReadBefore ??= req.readableDidRead;
  next();
}

/** Redirects a GET of a path that only takes POST to the page with the form, for example after a reload. */
export function redirectToFormPage(mountPath: string, pageOfForm: RegExp): RequestHandler {
  return function redirectToPageOfForm(req, res, next) {
    const [page] = pageOfForm.exec(req.path) ?? [];
    if (req.method !== 'GET' || page === undefined || wantsJson(req)) next();
    else res.redirect(303, withReturnTo(mountPath + page, requestedReturnTo(req)));
  };
}

export const answerUnknown: RequestHandler = function answerUnknown(_req, _res, next) {
  next(new MfaError('not-found', 'There is nothing here.'));
};

const PATH = '/.well-known/webauthn';

/** Origins of other domains that may use passkeys of this one (WebAuthn Level 3, 5.11). Browsers ask the RP ID for it. */
export function createRelatedOrigins({ options }: Pick<HttpContext, 'options'>): RequestHandler {
  const origins = options.passkeys?.relatedOrigins ?? [];
  return function answerRelatedOrigins(req, res, next) {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    if (origins.length > 0 && isRead && req.originalUrl.split('?')[0] === PATH) res.json({ origins });
    else next();
  };
}

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
