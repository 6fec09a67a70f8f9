import type { Request, RequestHandler, Response } from 'express';
import type { Decision } from '../../core/decision/decide';
import type { Gathered } from '../../flows/context/gather-facts';
import { judgeAccess } from '../../flows/context/judge-access';
import type { Translator } from '../../messages/translator';
import { answerOnceStored } from '../session/renew-session';
import { requirePassport, resolveIdentity } from '../session/resolve-identity';
import { findReturnTo } from '../sign-in/return-to';
import type { HttpContext } from './http-context';
import { sentenceFor, translatorFor } from './language';
import { refuseRequest } from './refusals';
import type { ViewLocals, ViewName } from './render-page';
import { wantsJson } from './representation';
import { organizationOf, returnToHere, textField, type RequestIdentity } from './request';
import { pageLocals, sendRefusal, type Refusal } from './respond';

export interface PageRequest {
  readonly context: HttpContext;
  readonly req: Request;
  readonly res: Response;
  readonly identity: RequestIdentity;
  readonly json: boolean;
  readonly translator: Translator;
  readonly returnTo: string | null;
}

export type KnownPageRequest = PageRequest & {
  readonly identity: RequestIdentity & { readonly kind: 'known' };
};

export function pageRoute(
  context: HttpContext,
  handle: (page: PageRequest) => Promise<void>,
): RequestHandler {
  return function answerPage(req, res, next) {
    answerOnceStored(req, res, next);
    openPage(context, req, res).then(handle).catch(next);
  };
}

/** A page for people with a pending login or a session. Others are sent to sign in. */
export function knownPageRoute(
  context: HttpContext,
  handle: (page: KnownPageRequest) => Promise<void>,
): RequestHandler {
  return pageRoute(context, async (page) => {
    const { identity } = page;
    if (identity.kind === 'known') return handle({ ...page, identity });
    return refuse(page, { outcome: 'sign-in', because: 'no-session' });
  });
}

async function openPage(context: HttpContext, req: Request, res: Response): Promise<PageRequest> {
  requirePassport(req);
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'known') context.awaited.sawSession(req);
  const translator = translatorFor(context, req);
  return { context, req, res, identity, translator, json: wantsJson(req), returnTo: findReturnTo(req) };
}

export function refuse(page: PageRequest, decision: Decision): Promise<void> {
  const { context, req, res, identity, returnTo } = page;
  const here = returnToHere(context, req);
  // A form's URL cannot be opened with GET, but the page that it leads to can.
  const returnPath = decision.outcome === 'sign-in' ? (here ?? returnTo) : here;
  return refuseRequest(context, {
    req,
    res,
    identity,
    decision,
    ...(returnPath === null ? {} : { returnTo: returnPath }),
  });
}

export function show<Name extends ViewName>(
  page: PageRequest,
  view: Name,
  locals: Omit<ViewLocals[Name], 'page'>,
  status = 200,
): Promise<void> {
  const { context, req, res, identity } = page;
  return context.pages.send(res, { view, locals, status, page: pageLocals(context, req, identity) });
}

/** Answers a refused step: as JSON, or with the page again and the reason beside the field. */
export async function answerRefusal(
  page: PageRequest,
  refusal: Refusal,
  showAgain: (status: number) => Promise<void>,
): Promise<void> {
  if (page.json) return sendRefusal(page.context, page.res, refusal);
  if (refusal.retryAfterSeconds !== undefined) page.res.set('Retry-After', String(refusal.retryAfterSeconds));
  return showAgain(refusal.status);
}

export function field(page: PageRequest, name: string): string {
  return textField(page.req.body, name);
}

export function pathOf(page: PageRequest, path: string): string {
  return `${page.context.options.pagesPath}${path}`;
}

/** Shows results of an enrollment, but not to people who were signed out meanwhile or have not proven their factor. */
export function liveRoute(
  context: HttpContext,
  handle: (page: KnownPageRequest, gathered: Gathered) => Promise<void>,
): RequestHandler {
  return knownPageRoute(context, async (page) => {
    const { gathered, decision } = await judgeAccess(context, page.identity);
    if (decision.outcome === 'allow' || decision.outcome === 'enroll') return handle(page, gathered);
    return refuse(page, decision);
  });
}

export async function nameForPerson({ context, identity }: PageRequest): Promise<string> {
  return (await context.options.brandOf(organizationOf(identity))).name;
}

/** Refuses with a message page, without a form. */
export async function refusePlainly(page: PageRequest, refusal: Refusal): Promise<void> {
  const { defaultReturnTo } = page.context.options;
  const issuer = await nameForPerson(page);
  const { because, next } = refusal;
  const { t } = page.translator;
  const foreign = because === 'not-an-administrator';
  return answerRefusal(page, refusal, (status) =>
    show(
      page,
      'message',
      {
        tone: 'attention',
        heading: t(foreign ? 'error.heading.not-administrator' : 'error.heading.no-list'),
        paragraphs: [sentenceFor(page.translator, because)],
        retryAt: null,
        action:
          next === undefined
            ? { label: t('button.backTo', { issuer }), path: defaultReturnTo }
            : { label: t('error.wholeList'), path: next },
        secondary: null,
      },
      status,
    ),
  );
}
