import type { Request, RequestHandler } from 'express';
import { MfaError } from '../../core/errors';
import { requireSessionCookie } from '../session/session-cookie';
import { connectionAdvice, connectionOf } from './connection';
import type { HttpContext } from './http-context';
import { tokenRefusalOf } from './token-refusal';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export function checkCsrf(context: HttpContext): RequestHandler {
  return function checkCsrfToken(req, _res, next) {
    if (SAFE_METHODS.includes(req.method)) {
      next();
      return;
    }
    try {
      if (context.csrf.check(req) === 'visitor') requireSessionCookie(context, req);
    } catch (error) {
      adviseOnRefusal(context, req, error);
      throw error;
    }
    next();
  };
}

/** When a form is refused, logs what the host can change; once per cause. */
export function adviseOnRefusal(context: HttpContext, req: Request, error: unknown): void {
  if (error instanceof MfaError && error.code === 'connection-insecure') {
    // `ProxyWatch` has reported it for the first request through the proxy.
    const isReported = connectionOf(req) === 'claimed' && context.proxies.seesUnknownProxy;
    if (!isReported) context.advice.give(error.code, connectionAdvice(context, req));
    return;
  }
  const reason = tokenRefusalOf(error);
  const message = reason === null ? null : ADVICE[reason](context, req);
  if (reason !== null && message !== null) context.advice.give(reason, message);
}

const NONE = () => null;

const ADVICE: Readonly<
  Record<
    NonNullable<ReturnType<typeof tokenRefusalOf>>,
    (context: HttpContext, req: Request) => string | null
  >
> = {
  'other-site': NONE,
  'page-too-old': NONE,
  'session-changed': NONE,
  'other-address': ({ options }, req) =>
    `${nameOf(req)} was sent by a page at ${originOf(req)}, but \`baseUrl\` is ${options.baseUrl}. Open the app at \`baseUrl\`, redirect other addresses to it, or change \`baseUrl\`.`,
  'cookie-missing': ({ options }, req) =>
    `${nameOf(req)} came with the token of a page that was just opened, but without the cookie that the page set. Either this browser refuses cookies, or something in front of the app drops \`Set-Cookie\` or \`Cookie\`. Check the proxy, and that people reach the app at ${options.baseUrl}.`,
  'token-missing': ({ options, csrf }, req) =>
    `${nameOf(req)} came without a token. Send \`csrfToken\` of GET ${options.pagesPath}/state in the header \`x-csrf-token\`, or \`mfa.csrfToken(req)\` in the form field \`${csrf.field}\`.`,
  'body-unread': (_context, req) => `${nameOf(req)}: ${unreadAdvice(req)}`,
};

function unreadAdvice(req: Request): string {
  const type = req.get('content-type')?.split(';')[0] ?? 'no content type';
  if (!req.is('application/x-www-form-urlencoded') && !req.is('application/json')) {
    return `the body is ${type.slice(0, 100)}, which is not read here, so the token in it is lost. Send application/x-www-form-urlencoded or application/json, or send the token in the header \`x-csrf-token\`.`;
  }
  if (req.readableDidRead) {
    return 'another parser read the body before the token was checked, and left no fields in `req.body`. Mount `mfa.pages()` and `mfa.adminPages()` above that parser, or limit it to the routes that need it.';
  }
  return `nothing has read the body, which is ${type}. Put \`express.urlencoded({ extended: false })\` or \`express.json()\` before \`mfa.requireCsrfToken()\`.`;
}

/** The method and the shortened path, for the log. A path cannot contain control characters. */
function nameOf(req: Request): string {
  return `${req.method} ${(req.baseUrl + req.path).slice(0, 200)}`;
}

function originOf(req: Request): string {
  const origin = req.get('origin') ?? '';
  return URL.canParse(origin) ? new URL(origin).origin.slice(0, 200) : 'another address';
}
