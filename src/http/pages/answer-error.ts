import type { ErrorRequestHandler, Request, Response } from 'express';
import { usernameKey } from '../../core/address/network-address';
import { MfaError } from '../../core/errors';
import { reportRefusedRequest } from '../../flows/context/judge-access';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import { adviseOnRefusal } from '../kernel/check-csrf';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor, translatorFor } from '../kernel/language';
import { field, pageRoute, type PageRequest } from '../kernel/page-route';
import { wantsJson } from '../kernel/representation';
import { ANONYMOUS, originOf, textField, withReturnTo } from '../kernel/request';
import { bareLocals, pageLocals, sendRefusal } from '../kernel/respond';
import { tokenRefusalOf, type TokenRefusal } from '../kernel/token-refusal';
import { showSignIn, wayInPath } from './login';
import type { MessageLocals } from './proof-views';

interface Failure {
  readonly code: string;
  readonly status: number;
  readonly reason: string | null;
}

/** Answers errors on our pages: a plain page or JSON, never a stack trace. */
export function answerError(context: HttpContext): ErrorRequestHandler {
  return function answerPageError(error: unknown, req, res, next) {
    if (res.headersSent) {
      next(error);
      return;
    }
    const failure = describeError(error);
    const { code, status, reason } = failure;
    if (status >= 500) reportError(context, error);
    if (code === 'csrf-token-refused')
      reportRefusedRequest(context, { account: null, origin: originOf(req), details: { because: code } });
    if (code === 'connection-insecure') adviseOnRefusal(context, req, error);
    if (wantsJson(req)) {
      sendRefusal(context, res, { because: code, status, ...(reason === null ? {} : { reason }) });
      return;
    }
    sendErrorPage(context, res, failure).catch(next);
  };
}

async function sendErrorPage(context: HttpContext, res: Response, failure: Failure): Promise<void> {
  const { code, status, reason } = failure;
  const page = pageOfError(context, res.req);
  const translator = translatorFor(context, res.req);
  const { name: issuer } = await context.options.brandOf(page.organizationId);
  const locals = {
    tone: status >= 500 ? 'bad' : 'attention',
    heading: translator.t(headingFor(failure)),
    paragraphs: [sentenceFor(translator, reason ?? code)],
    retryAt: null,
    action: nextAction(context, failure, { returnTo: page.returnTo, translator, issuer }),
    secondary: null,
  } as const;
  await context.pages.send(res, { view: 'message', status, page, locals });
}

/** A configuration error fails every request, so it is logged only once. */
function reportError({ advice, options }: HttpContext, error: unknown): void {
  if (!advice.reportFault(error)) options.onError(error);
}

/** A form without its session starts again at the sign-in page, which redirects people who are signed in. */
function nextAction(
  context: HttpContext,
  { code, reason }: Failure,
  {
    returnTo,
    translator: { t },
    issuer,
  }: { readonly returnTo: string | null; readonly translator: Translator; readonly issuer: string },
): MessageLocals['action'] {
  const { baseUrl, loginPath, defaultReturnTo } = context.options;
  const isElsewhere = reason === 'plain-http' || reason === 'other-address';
  if (isElsewhere) {
    const label = t('button.openAddress', { address: baseUrl });
    return { label, path: baseUrl + withReturnTo(loginPath, returnTo) };
  }
  if (code === 'csrf-token-refused')
    return { label: t('button.again'), path: withReturnTo(loginPath, returnTo) };
  return { label: t('button.backTo', { issuer }), path: defaultReturnTo };
}

const HEADINGS: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['page-too-old', 'error.heading.out-of-date'],
  ['session-changed', 'error.heading.out-of-date'],
  ['cookie-missing', 'error.heading.cookie-missing'],
  ['other-address', 'error.heading.other-address'],
  ['feature-off', 'error.heading.feature-off'],
  ['plain-http', 'error.heading.plain-http'],
]);

function headingFor({ code, status, reason }: Failure): MessageKey {
  const ofReason = HEADINGS.get(reason ?? code);
  if (ofReason !== undefined) return ofReason;
  if (status === 404) return 'error.heading.not-found';
  if (status >= 500) return 'error.heading.our-side';
  return 'error.heading.not-done';
}

/** Body parsers and Express itself throw errors with a status. Everything unknown is an internal error. */
function describeError(error: unknown): Failure {
  if (error instanceof MfaError) {
    return { code: error.code, status: error.status, reason: error.reason ?? null };
  }
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { code: 'body-unreadable', status, reason: null };
  }
  return { code: 'store-unavailable', status: 500, reason: null };
}

/** The store may have failed, so the page reads nothing from the session. */
function pageOfError(context: HttpContext, req: Request): ReturnType<typeof pageLocals> {
  const bare = bareLocals(context, req);
  try {
    return { ...pageLocals(context, req, ANONYMOUS), organizationId: bare.organizationId };
  } catch {
    return bare;
  }
}

/** The notice when the sign-in form is shown again; null if it is not shown again, as for forms of other sites. */
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

/** Whether another tab signed in the same person meanwhile. If the form has another name, it must not seem to have worked. */
function isSignedInAsTyped({ identity, req }: PageRequest): boolean {
  if (identity.kind !== 'known' || identity.subject.phase !== 'session') return false;
  const typed = textField(req.body, 'username');
  return typed === '' || usernameKey(typed) === usernameKey(identity.account.username ?? '');
}

/** No password is tried. Somebody signed in by another tab is redirected; others with a session or login are refused. */
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
