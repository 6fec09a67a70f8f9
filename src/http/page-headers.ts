import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { HttpContext } from './http-context';
import { toError } from './to-error';

/** Nothing inline, nothing from elsewhere, in no frame. */
export const PAGE_POLICY = {
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

/** The same for a page of ours in place of one of the host's. */
export function setPageHeaders(context: HttpContext, req: Request, res: Response): Promise<void> {
  const set = pageHeaders(context);
  return new Promise((resolve, reject) => {
    set(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(toError(error))));
  });
}
