import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { contentSecurityPolicy } from 'helmet';
import type { HttpContext } from './http-context';
import { PAGE_POLICY } from './page-headers';
import { stateOf } from './request-state';
import { bareLocals } from './respond';
import { fieldOf } from './return-to';

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

/** The name of the field by which a form on such a page says so to a route that other pages post to as well. */
const FROM_KEPT = 'from';

/** For the way out, which is on every page. */
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
    context.pages
      .send(res, {
        view: 'message',
        page: bareLocals(context),
        locals: {
          tone: 'good',
          heading: 'Done',
          paragraphs: ['We’re taking you on. If nothing happens, select Continue.'],
          retryAt: null,
          action: { label: 'Continue', path },
          secondary: null,
        },
      })
      .catch(next);
    return true;
  };
}
