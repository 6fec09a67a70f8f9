import type { Router } from 'express';
import type { BoundWayIn } from '../../factors/find-factor';
import { offerWayIn } from '../../flows/sign-in/way-in';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import { answerRefusal, pageRoute, type PageRequest } from '../kernel/page-route';
import { fieldOf } from '../kernel/request';
import type { Refusal } from '../kernel/respond';
import { requireSessionCookie } from '../session/session-cookie';
import { attemptWayIn } from '../sign-in/attempt-login';
import { answerLogin, showSignIn, wayInPath } from './login';

/** Signing in with only a factor, such as a passkey, if the host enabled it. */
export function addWayInRoutes(router: Router, context: HttpContext): void {
  const { wayIn } = context;
  const path = wayInPath(context);
  if (wayIn === null || path === null) return;
  router.post(
    `${path}/options`,
    pageRoute(context, (page) => sendOptions(page, wayIn)),
  );
  router.post(
    path,
    pageRoute(context, (page) => submit(page, wayIn)),
  );
}

async function sendOptions({ context, req, res }: PageRequest, wayIn: BoundWayIn): Promise<void> {
  const { json } = await offerWayIn(context, wayIn, context.csrf.visitor(req));
  res.json({ outcome: 'challenge', [wayIn.kind]: json });
}

async function submit(page: PageRequest, wayIn: BoundWayIn): Promise<void> {
  const { context, req, returnTo } = page;
  requireSessionCookie(context, req);
  const attempt = await attemptWayIn(context, req, {
    wayIn,
    submitted: fieldOf(req.body, 'response'),
    origin: returnTo === null ? {} : { returnTo },
  });
  const again = (because: string) => (status: number) =>
    showSignIn(
      page,
      { username: '', error: sentenceFor(page.translator, because, wayIn.kind), notice: null },
      status,
    );
  if (attempt.outcome !== 'rejected' && attempt.outcome !== 'throttled')
    return answerLogin(page, attempt, again);
  const refusal: Refusal =
    attempt.outcome === 'throttled'
      ? { because: 'too-many-passwords', status: 429, retryAfterSeconds: attempt.retryAfterSeconds }
      : {
          because: attempt.because,
          status: attempt.because === 'malformed-code' ? 400 : 401,
          kind: wayIn.kind,
        };
  return answerRefusal(page, refusal, again(refusal.because));
}
