import type { Request, Response } from 'express';
import type { Decision } from '../../core/decision/decide';
import { reportRefusedRequest } from '../../flows/context/judge-access';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import type { MessageLocals } from '../pages/proof-views';
import { replaceEndedSession, preventSignInLoop } from '../session/renew-session';
import { saveReturnTo, reasonFor, signInPath } from '../sign-in/return-to';
import { setPageHeaders } from './headers';
import type { HttpContext } from './http-context';
import { sentenceFor, translatorFor } from './language';
import { wantsJson } from './representation';
import { ANONYMOUS, originOf, returnToHere, type RequestIdentity } from './request';
import { nextPath, pageLocals } from './respond';

/** The HTTP status of each refused step; 401 means that more authentication is needed. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['malformed-code', 400],
  ['no-authenticator', 400],
  ['not-a-phone-number', 400],
  ['country-code-missing', 400],
  ['not-a-possible-number', 400],
  ['number-not-textable', 400],
  ['not-an-email-address', 400],
  ['not-acknowledged', 400],
  ['no-challenge', 409],
  ['challenge-expired', 409],
  ['wizard-over', 409],
  ['last-factor', 409],
  ['no-factor', 409],
  ['too-many-authenticators', 409],
  ['too-many-changes', 429],
  ['same-channel', 403],
  ['method-not-offered', 403],
  ['cannot-skip', 403],
  ['country-not-allowed', 403],
  ['unlock-link-over', 404],
  ['unlock-link-of-another', 403],
  ['unlock-used-up', 429],
  ['locked', 429],
  ['send-limit', 429],
  ['send-budget-exhausted', 429],
  ['delivery-failed', 503],
  ['secret-unreadable', 503],
]);

export function refusalStatus(because: string): number {
  return STATUS.get(because) ?? 401;
}

/** A GET is redirected to the next step. Other requests of a browser get a page, since their body would be lost. */
export async function refuseRequest(
  context: HttpContext,
  refused: {
    readonly req: Request;
    readonly res: Response;
    readonly identity: RequestIdentity;
    readonly decision: Decision;
    /** Whether to answer with JSON. Default: as the request wants. */
    readonly json?: boolean;
    /** The path to return to afterwards. Default: this request, if it is a GET. */
    readonly returnTo?: string;
    /** True if the form was saved, so that it is not lost by a redirect. */
    readonly formKept?: boolean;
  },
): Promise<void> {
  const { req, res, identity } = refused;
  const decision = preventSignInLoop(context, refused);
  if (identity.kind === 'known') {
    const { outcome, because } = decision;
    const { account } = identity;
    reportRefusedRequest(context, { account, origin: originOf(req), details: { outcome, because } });
  }
  // The sign-in page must not show the name of an ended session's owner. A pending login is kept: another page, or an icon that the
  // browser fetches by itself, must not end it.
  const over =
    decision.outcome === 'sign-in' && decision.because !== 'no-session' && identity.kind === 'known';
  if (over)
    await replaceEndedSession(context, req, { identity, isLive: decision.because === 'sign-in-too-old' });
  res.set('Cache-Control', 'no-store');
  const status = decision.outcome === 'sign-in' || decision.outcome === 'challenge' ? 401 : 403;
  const returnTo = refused.returnTo ?? returnToHere(context, req);
  const because = reasonFor(identity, decision.because);
  const next =
    decision.outcome === 'sign-in'
      ? signInPath(context.options.loginPath, { because, returnTo })
      : nextPath(context, decision, returnTo);
  if (next.startsWith(`${context.options.pagesPath}/`)) context.mounts.requirePages(req);
  if (refused.json ?? wantsJson(req)) {
    res.status(status).json({ outcome: decision.outcome, because: decision.because, next });
    return;
  }
  const isPage = req.method === 'GET' || req.method === 'HEAD' || refused.formKept === true;
  const loss = identity.kind === 'anonymous' ? context.awaited.findLoss(req) : null;
  if (isPage && decision.outcome !== 'deny' && loss === null) {
    if (decision.outcome === 'sign-in') saveReturnTo(context, req, res, returnTo);
    res.redirect(303, next);
    return;
  }
  await setPageHeaders(context, req, res);
  await context.pages.send(res, {
    view: 'message',
    status,
    page: pageLocals(context, req, over ? ANONYMOUS : identity),
    locals: refusalMessage(translatorFor(context, req), decision, { because: loss ?? because, next }),
  });
}

/** The headings of the page for a refused form. */
const HEADINGS: Readonly<Record<Decision['outcome'], MessageKey>> = {
  allow: 'refused.heading.allow',
  challenge: 'refused.heading.challenge',
  enroll: 'refused.heading.enroll',
  'sign-in': 'refused.heading.sign-in',
  deny: 'refused.heading.deny',
};

function refusalMessage(
  translator: Translator,
  decision: Decision,
  { because, next }: { readonly because: string; readonly next: string },
): Omit<MessageLocals, 'page'> {
  const { t } = translator;
  const denied = decision.outcome === 'deny';
  const lost = decision.outcome === 'sign-in' ? [t('refused.lost')] : [];
  return {
    tone: denied ? 'bad' : 'attention',
    heading: t(
      because.startsWith('session-cookie-') ? 'refused.heading.not-kept' : HEADINGS[decision.outcome],
    ),
    paragraphs: [sentenceFor(translator, because), ...lost],
    retryAt:
      decision.outcome === 'deny' && decision.lockedUntil !== undefined
        ? translator.moment(decision.lockedUntil)
        : null,
    action: denied
      ? null
      : { label: t(decision.outcome === 'sign-in' ? 'button.signIn' : 'button.continue'), path: next },
    secondary: null,
  };
}
