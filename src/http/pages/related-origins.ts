import type { RequestHandler } from 'express';
import type { HttpContext } from '../kernel/http-context';

const PATH = '/.well-known/webauthn';

/** The sites on other domains that may ask for passkeys of this one (WebAuthn Level 3, 5.11). Browsers read it at the RP id. */
export function createRelatedOrigins({ options }: Pick<HttpContext, 'options'>): RequestHandler {
  const origins = options.passkeys?.relatedOrigins ?? [];
  return function answerRelatedOrigins(req, res, next) {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    if (origins.length > 0 && isRead && req.originalUrl.split('?')[0] === PATH) res.json({ origins });
    else next();
  };
}
