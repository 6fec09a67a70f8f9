import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { contentSecurityPolicy } from 'helmet';
import type { HttpContext } from './http-context';
import { translatorFor } from './language';
import { fieldOf, stateOf, toError } from './request';
import { bareLocals } from './respond';

/** No inline code, no framing, nothing from other origins. The origins of a brand's images are added when the brand is known. */
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

/** There is no `form-action`, because it also applies to every redirect after a form, and most redirect to the host. */
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

/** Sets the same headers on a route of the host that answers with one of our pages. */
export function setPageHeaders(context: HttpContext, req: Request, res: Response): Promise<void> {
  const set = pageHeaders(context);
  return new Promise((resolve, reject) => {
    set(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(toError(error))));
  });
}

/**
 * For pages whose forms lead to our own pages: administrators', recovery codes, the unlock link. `form-action 'self'` keeps a
 * form injected there from sending anything elsewhere. It also blocks redirects to another origin after a form, so such a form
 * continues to the host through a page of ours.
 */
export function keepFormsHere(context: HttpContext): RequestHandler {
  const setPolicy = contentSecurityPolicy({
    useDefaults: false,
    directives: { ...PAGE_POLICY, formAction: ["'self'"] },
  });
  return function keepFormsOnOurPages(req, res, next) {
    continueByPage(context, req, res, next);
    setPolicy(req, res, next);
  };
}

/** A field of forms on such pages, for routes that other pages post to as well. */
const FROM_KEPT = 'from';

/** For the sign-out form, which is on every page. */
export function respectFormAction(context: HttpContext): RequestHandler {
  return function respectFormActionOfPage(req, res, next) {
    if (fieldOf(req.body, FROM_KEPT) === 'kept') continueByPage(context, req, res, next);
    next();
  };
}

/** Makes this request continue to the host through a page instead of a redirect. */
function continueByPage(context: HttpContext, req: Request, res: Response, next: NextFunction): void {
  const { pagesPath, adminPath } = context.options;
  stateOf(req).continueByPage = function continueTo(path) {
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
