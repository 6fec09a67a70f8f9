import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { contentSecurityPolicy } from 'helmet';
import type { HttpContext } from './http-context';
import { translatorFor } from './language';
import { fieldOf, stateOf, toError } from './request';
import { bareLocals } from './respond';

/** Nothing inline, in no frame, and nothing from elsewhere. The images of a brand are added when it is known. */
const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  objectSrc: ["'none'"],
};

/**
 * HSTS where the site is reached over TLS. There is no `form-action`, since it also governs every redirect after a form, and
 * most forms of ours end in a redirect of the host, which may lead to an identity provider or to the client of an OAuth server.
 */
export function pageHeaders(context: HttpContext): RequestHandler {
  const { secure, dangerouslyAllowOpener } = context.options;
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: dangerouslyAllowOpener ? 'unsafe-none' : 'same-origin' },
    strictTransportSecurity: secure ? { maxAge: 63_072_000, includeSubDomains: false } : false,
  });
}

/** The same for a page of ours on a route of the host. */
export function setPageHeaders(context: HttpContext, req: Request, res: Response): Promise<void> {
  const set = pageHeaders(context);
  return new Promise((resolve, reject) => {
    set(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(toError(error))));
  });
}

/**
 * For pages whose forms lead to our own pages: administrators', recovery codes, the unlock link. `form-action 'self'` keeps a
 * form injected there from sending anything elsewhere. It also stops every redirect after a form that leads to another origin,
 * so where such a form goes on to the host, a page of ours does it.
 */
export function keepFormsHere(context: HttpContext): RequestHandler {
  const setPolicy = contentSecurityPolicy({
    useDefaults: false,
    directives: { ...PAGE_POLICY, formAction: ["'self'"] },
  });
  return function keepFormsOnOurPages(req, res, next) {
    leaveByPage(context, req, res, next);
    setPolicy(req, res, next);
  };
}

/** The field by which a form on such a page identifies itself to a route that other pages post to as well. */
const FROM_KEPT = 'from';

/** For signing out, which is on every page. */
export function leaveAsFormMust(context: HttpContext): RequestHandler {
  return function leaveAsFormMustLeave(req, res, next) {
    if (fieldOf(req.body, FROM_KEPT) === 'kept') leaveByPage(context, req, res, next);
    next();
  };
}

/** From here on this request answers with a page that leads to the host instead of a redirect to it. */
function leaveByPage(context: HttpContext, req: Request, res: Response, next: NextFunction): void {
  const { pagesPath, adminPath } = context.options;
  stateOf(req).leave = function leave(path) {
    if ([pagesPath, adminPath].some((mount) => path.startsWith(`${mount}/`))) return false;
    res.set('Refresh', `0; url=${path}`);
    const { t } = translatorFor(context, req);
    context.pages
      .send(res, {
        view: 'message',
        page: bareLocals(context, req),
        locals: {
          tone: 'good',
          heading: t('leave.heading'),
          paragraphs: [t('leave.lead')],
          retryAt: null,
          action: { label: t('button.continue'), path },
          secondary: null,
        },
      })
      .catch(next);
    return true;
  };
}
