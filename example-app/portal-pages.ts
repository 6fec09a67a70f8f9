import type { Mfa } from 'express-mfa';
import { Router } from 'express';
import { ORGANIZATIONS } from './accounts';
import { momentOf } from './moment';
import { toUser } from './user-table';
import type { User } from './user-table';

const PROOFS: Readonly<Record<string, string>> = {
  pwd: 'password',
  otp: 'code',
  sms: 'code by text message',
};

/** What signed-in people see. It stands below the guard, so it asks nothing itself. */
export function portalPages(mfa: Mfa<User>): Router {
  const router = Router();

  router.get('/', async function showPortal(req, res) {
    const session = await mfa.describeSession(req);
    if (req.user === undefined || session === null) throw new Error('The guard let a stranger in.');
    const user = toUser(req.user);
    const { assurance, amr, startedAt, expiresAt } = session;
    res.set('Cache-Control', 'no-store');
    if (req.accepts(['html', 'json']) === 'json') {
      const { id, email, organizationId } = user;
      res.json({
        user: { id, email, organizationId },
        session: { assurance, amr, startedAt, expiresAt },
      });
      return;
    }
    // An organization without multi-factor authentication has no settings for it.
    const { enabled } = await mfa.policies.get(user.organizationId);
    res.render('portal', {
      user,
      hasSettings: enabled,
      organization: ORGANIZATIONS[user.organizationId],
      administers: user.administers ?? [],
      assurance,
      proofs: amr.map((value) => PROOFS[value] ?? value),
      startedAt: momentOf(startedAt),
      expiresAt: momentOf(expiresAt),
      csrfToken: mfa.csrfToken(req),
    });
  });

  router.get('/payouts', mfa.requireStepUp({ maxAgeSeconds: 300 }), function showPayouts(_req, res) {
    res.set('Cache-Control', 'no-store').render('payouts');
  });

  return router;
}
