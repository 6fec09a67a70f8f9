import type { Request, Router } from 'express';
import { gatherFacts } from '../../flows/context/gather-facts';
import { endPendingLogin, signOut } from '../../flows/sessions/end-sessions';
import { offerWayIn } from '../../flows/sign-in/way-in';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import {
  answerRefusal,
  field,
  pageRoute,
  pathOf,
  show,
  type KnownPageRequest,
  type PageRequest,
} from '../kernel/page-route';
import { ANONYMOUS, originOf, stateOf, withQuery, withReturnTo } from '../kernel/request';
import { describeDecision, pageLocals, sendNext, sendRefusal } from '../kernel/respond';
import { grantSession } from '../session/grant-at-login';
import { regenerate } from '../session/renew-session';
import { requireSessionCookie } from '../session/session-cookie';
import { readSessionData } from '../session/session-data';
import { attemptLogin, describePending, type LoginBegun } from '../sign-in/attempt-login';
import { reasonFor, signInPath, toSignInReason } from '../sign-in/return-to';
import type { LoginLocals } from './proof-views';
import { unseenCodesPath } from './recovery-codes';
import { describeState } from './state';

export async function showSignIn(
  page: PageRequest,
  locals: Pick<LoginLocals, 'username' | 'error' | 'notice'>,
  status = 200,
): Promise<void> {
  const wayIn = await viewWayIn(page.context, page.req);
  await show(page, 'login', { ...locals, wayIn }, status);
}

/** The sign-in that the page offers in addition to the password; null if there is none. */
export async function viewWayIn(context: HttpContext, req: Request): Promise<LoginLocals['wayIn']> {
  const { wayIn } = context;
  if (wayIn === null) return null;
  const { view } = await offerWayIn(context, wayIn, context.csrf.visitor(req));
  return { ...view, kind: wayIn.kind, template: wayIn.template };
}

/** The path of its form, below `mfa.pages()`; null if there is none. */
export function wayInPath({ wayIn }: Pick<HttpContext, 'wayIn'>): string | null {
  return wayIn === null ? null : `/login/${wayIn.kind}`;
}

export function addLoginRoutes(router: Router, context: HttpContext): void {
  router.get('/login', pageRoute(context, showLogin));
  router.post('/login', pageRoute(context, submitLogin));
  router.post('/logout', pageRoute(context, submitLogout));
}

async function showLogin(page: PageRequest): Promise<void> {
  const { json, res, identity, returnTo, context } = page;
  if (json) {
    res.json(await describeState(page));
    return;
  }
  if (identity.kind === 'known' && identity.subject.phase === 'session') {
    const continuePath = returnTo ?? context.options.defaultReturnTo;
    res.redirect(303, (await findCodesPath({ ...page, identity }, continuePath)) ?? continuePath);
    return;
  }
  await showSignIn(page, { username: '', error: null, notice: noticeOf(page) });
}

/** The path of new codes that the person may not have seen yet, because of another tab or a form that was sent twice. */
async function findCodesPath(page: KnownPageRequest, continuePath: string): Promise<string | null> {
  const { context, req, identity } = page;
  if (readSessionData(req).unseenCodes === undefined) return null;
  const gathered = await gatherFacts(context, identity.account, identity.subject);
  return unseenCodesPath(page, gathered, continuePath);
}

function noticeOf({ req, translator }: PageRequest): LoginLocals['notice'] {
  if (req.query['signedOut'] === '1') return { tone: 'good', text: translator.t('login.signedOut') };
  const reason = toSignInReason(req.query['because']);
  if (reason !== null) return { tone: 'neutral', text: sentenceFor(translator, reason) };
  return readSessionData(req).unlock === undefined
    ? null
    : { tone: 'neutral', text: translator.t('login.toUnlock') };
}

async function submitLogin(page: PageRequest): Promise<void> {
  const { context, req, returnTo } = page;
  requireSessionCookie(context, req);
  const username = field(page, 'username');
  const attempt = await attemptLogin(context, req, {
    username,
    password: field(page, 'password'),
    origin: () => (returnTo === null ? {} : { returnTo }),
  });
  const again = (because: string) => (status: number) =>
    showSignIn(page, { username, error: sentenceFor(page.translator, because), notice: null }, status);
  switch (attempt.outcome) {
    case 'wrong':
      return answerRefusal(page, { because: 'wrong-credentials', status: 401 }, again('wrong-credentials'));
    case 'throttled': {
      const { retryAfterSeconds } = attempt;
      return answerRefusal(
        page,
        { because: 'too-many-passwords', status: 429, retryAfterSeconds },
        again('too-many-passwords'),
      );
    }
    case 'denied':
    case 'pending':
    case 'signed-in':
      return answerLogin(page, attempt, again);
  }
}

export async function answerLogin(
  page: PageRequest,
  attempt: LoginBegun,
  again: (because: string) => (status: number) => Promise<void>,
): Promise<void> {
  const { context, req, res, json, returnTo } = page;
  switch (attempt.outcome) {
    case 'denied': {
      const { because } = attempt.decision;
      return answerRefusal(page, { because, status: 403 }, again(because));
    }
    case 'pending':
      context.awaited.expect(req);
      return sendNext(req, res, await describePending(context, req, attempt));
    case 'signed-in': {
      const { user, grant, decision, gathered } = attempt;
      await grantSession(req, { user, grant, keep: {} });
      context.awaited.expect(req);
      if (json && decision.outcome === 'enroll') {
        return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
      }
      const next = decision.outcome === 'enroll' ? pathOf(page, '/enroll') : null;
      const continuePath = returnTo ?? context.options.defaultReturnTo;
      return sendNext(req, res, {
        outcome: 'signed-in',
        because: decision.because,
        next: next === null ? continuePath : withReturnTo(next, returnTo),
      });
    }
  }
}

/** `Clear-Site-Data` is sent only if a user was signed in (ASVS 14.3.1): it clears the storage of the whole site. */
async function submitLogout(page: PageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  if (identity.kind === 'known') await signOut(context, identity.subject, originOf(req));
  await regenerate(req);
  const wasSignedIn = identity.kind === 'known' && identity.subject.phase === 'session';
  if (wasSignedIn) res.set('Clear-Site-Data', '"storage"');
  clearOwnCookie(page);
  sendNext(req, res, {
    outcome: 'signed-out',
    next: withQuery(context.options.loginPath, { signedOut: '1' }),
  });
}

/** The session that replaced the old one is empty, so remove it and its cookie. */
function clearOwnCookie({ context, req, res }: PageRequest): void {
  const { ownCookie } = stateOf(req);
  if (ownCookie === undefined) return;
  Reflect.set(req, 'session', null);
  const attributes = { path: '/', secure: context.options.secure, httpOnly: true, sameSite: 'lax' } as const;
  res.clearCookie(ownCookie, attributes);
}

/** Ends a pending login that cannot continue, and shows the sign-in page. `returnTo` is kept. */
export async function startOver(
  page: PageRequest,
  refusal: { readonly because: string; readonly status: number; readonly reason?: string },
): Promise<void> {
  const { context, req, res, identity, json, returnTo } = page;
  // The person who typed wrong codes already knows this name, so it can be filled in.
  const isSamePerson =
    refusal.because === 'attempts-exhausted' && readSessionData(req).login?.name !== undefined;
  const username = isSamePerson && identity.kind === 'known' ? identity.account.username : null;
  if (identity.kind === 'known' && identity.subject.phase === 'pending') {
    await endPendingLogin(context, identity.subject);
    await regenerate(req);
  }
  const { status } = refusal;
  const because = reasonFor(identity, refusal.because);
  const next = signInPath(context.options.loginPath, { because, returnTo });
  if (json) return sendRefusal(context, res, { ...refusal, next });
  const sentence = sentenceFor(page.translator, refusal.reason ?? because);
  const anonymousPage = { ...pageLocals(context, req, ANONYMOUS), returnTo };
  if (context.options.loginPath === pathOf(page, '/login')) {
    const wayIn = await viewWayIn(context, req);
    const locals = { username: username ?? '', error: sentence, notice: null, wayIn };
    return context.pages.send(res, { view: 'login', locals, status, page: anonymousPage });
  }
  // The host has its own sign-in page, so show a message with a link to it.
  const locals = {
    tone: 'attention',
    heading: page.translator.t('login.again.heading'),
    paragraphs: [sentence],
    retryAt: null,
    action: { label: page.translator.t('button.signIn'), path: next },
    secondary: null,
  } as const;
  return context.pages.send(res, { view: 'message', locals, status, page: anonymousPage });
}
