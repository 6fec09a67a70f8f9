import type { Mfa } from 'express-mfa';
import { Router, urlencoded } from 'express';
import type { User, UserTable } from './user-table';

/**
 * Stands in for an identity provider: a real app has the callback of OpenID Connect or SAML here. It ends in `req.login`,
 * and what happens then is the policy's affair.
 */
export function singleSignOnPages({
  mfa,
  users,
}: {
  readonly mfa: Mfa<User>;
  readonly users: UserTable;
}): Router {
  const router = Router();
  router.get('/sso', function showProvider(req, res) {
    res.set('Cache-Control', 'no-store').render('single-sign-on', { csrfToken: mfa.csrfToken(req) });
  });
  router.post(
    '/sso',
    urlencoded({ extended: false }),
    mfa.requireCsrfToken(),
    function signInFederated(req, res, next) {
      const user = users.findByEmail('linus@globex.example');
      if (user === undefined) {
        next();
        return;
      }
      req.login(user, (error) => {
        if (error === undefined || error === null) res.redirect(303, '/');
        else next(error);
      });
    },
  );
  return router;
}
