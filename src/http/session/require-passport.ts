import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { isSomebodyIn } from '../kernel/request';

const WRITE =
  'Write app.use(mfa.sessions(), passport.initialize(), passport.session()) first, then mfa.pages(), mfa.adminPages() and mfa.guard().';

/**
 * Throws where the session names a user whom Passport has not put on the request: it stands below, and everybody who signs in
 * would be sent to the sign-in page again. A host that takes `req.user` away itself leaves the property there.
 */
export function requirePassportAbove(req: Request): void {
  if (!isSomebodyIn(req)) return;
  const property: unknown = Reflect.get(req, '_userProperty') ?? 'user';
  if (typeof property === 'string' && property !== 'user') {
    throw new MfaError(
      'host-misconfigured',
      `Passport keeps the user in req.${property}, and this package reads req.user. Leave \`userProperty\` out of passport.initialize().`,
    );
  }
  if (Object.hasOwn(req, 'user')) return;
  throw new MfaError(
    'host-misconfigured',
    `The session belongs to somebody, but there is no req.user: passport.session() is missing, or it stands below this middleware. ${WRITE}`,
  );
}

/** Throws where the pages could not sign anybody in: Passport has not touched the request. */
export function requirePassport(req: Request): void {
  if (typeof Reflect.get(req, 'logIn') === 'function') return;
  throw new MfaError(
    'host-misconfigured',
    `There is no req.logIn: mfa.pages() stands above Passport. ${WRITE}`,
  );
}
