import type { Request, Response } from 'express';
import { addressBy, maskDestination } from '../../core/address/destination';
import type { Decision, Option } from '../../core/decision/decide';
import { channelOfKind } from '../../factors/find-factor';
import type { ChallengeOutcome } from '../../flows/challenge/active-challenge';
import { showChallenge } from '../../flows/challenge/read-prompt';
import type { Gathered } from '../../flows/context/gather-facts';
import { findReturnTo, signInPath } from '../sign-in/return-to';
import type { HttpContext } from './http-context';
import { listLanguages, sentenceFor, translatorFor } from './language';
import type { UnbrandedPage } from './render-page';
import { wantsJson, type StepBody } from './representation';
import { organizationOf, returnToHere, stateOf, withReturnTo, type RequestIdentity } from './request';

/** The locals of a page that reads nothing from the session: no form, no name. */
export function bareLocals(context: Pick<HttpContext, 'options' | 'csrf'>, req: Request): UnbrandedPage {
  const { pagesPath, defaultReturnTo, signInLinks } = context.options;
  const translator = translatorFor(context, req);
  return {
    organizationId: stateOf(req).organizationId,
    basePath: pagesPath,
    homePath: defaultReturnTo,
    assetsPath: `${pagesPath}/assets`,
    signInLinks,
    csrfField: { name: context.csrf.field, value: '' },
    signedIn: false,
    account: null,
    returnTo: null,
    formsStay: false,
    script: true,
    lang: translator.language,
    dir: translator.direction,
    languages: [],
    here: null,
  };
}

export function pageLocals(context: HttpContext, req: Request, identity: RequestIdentity): UnbrandedPage {
  return {
    ...bareLocals(context, req),
    organizationId: organizationOf(identity),
    languages: listLanguages(context.options),
    here: returnToHere(context, req),
    csrfField: { name: context.csrf.field, value: context.csrf.token(req) },
    signedIn: identity.kind === 'known' && identity.subject.phase === 'session',
    account: identity.kind === 'known' ? identity.account.name : null,
    returnTo: findReturnTo(req),
    formsStay: stateOf(req).continueByPage !== undefined,
  };
}

export function nextPath(context: HttpContext, decision: Decision, returnTo: string | null): string {
  const { pagesPath, loginPath, defaultReturnTo } = context.options;
  switch (decision.outcome) {
    case 'allow':
      return returnTo ?? defaultReturnTo;
    case 'challenge': {
      const page = decision.because === 'assurance-too-low' ? 'challenge' : 'step-up';
      return withReturnTo(`${pagesPath}/${page}`, returnTo);
    }
    case 'enroll': {
      const [only, ...others] = decision.anyOf;
      // The page with the choice shows all methods, but the route accepts only this one.
      const kind = decision.byRoute === true && others.length === 0 && only !== undefined ? `/${only}` : '';
      return withReturnTo(`${pagesPath}/enroll${kind}`, returnTo);
    }
    case 'sign-in':
      return signInPath(loginPath, { because: decision.because, returnTo });
    case 'deny':
      return `${pagesPath}/challenge`;
  }
}

export function describeDecision(
  context: HttpContext,
  step: {
    readonly decision: Decision;
    readonly gathered: Gathered;
    readonly ask: ChallengeOutcome | null;
    readonly returnTo: string | null;
  },
): StepBody {
  const { decision, gathered, ask, returnTo } = step;
  const next = nextPath(context, decision, returnTo);
  if (decision.outcome === 'challenge') {
    return {
      outcome: 'challenge',
      because: decision.because,
      next,
      anyOf: showOptions(gathered, decision.anyOf),
      ...(decision.password === undefined ? {} : { password: true }),
      ...describeSending(ask),
    };
  }
  if (decision.outcome === 'enroll') {
    const { because, anyOf, skippable, graceUntil, skipsLeft } = decision;
    return {
      outcome: 'enroll',
      because,
      next,
      anyOf,
      skippable,
      ...(graceUntil === undefined ? {} : { graceUntil }),
      ...(skipsLeft === undefined ? {} : { skipsLeft }),
    };
  }
  return { outcome: decision.outcome, because: decision.because, next };
}

export function describeSending(ask: ChallengeOutcome | null): Readonly<Record<string, unknown>> {
  if (ask === null || ask.outcome === 'gone') return {};
  if (ask.outcome === 'issued') return ask.sent === undefined ? {} : { sent: ask.sent };
  const { because, retryAfterSeconds } = ask;
  return { notSent: { because, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
}

/** What the browser needs to give the proof, under the name of the kind. Most kinds need nothing. */
export async function describeShown(
  context: HttpContext,
  gathered: Gathered,
  ask: ChallengeOutcome | null,
): Promise<Readonly<Record<string, unknown>>> {
  if (ask?.outcome !== 'issued') return {};
  const shown = await showChallenge(context, gathered, ask.challenge);
  return shown === null ? {} : { [ask.challenge.kind]: shown.json };
}

export interface Refusal {
  readonly because: string;
  readonly status: number;
  /** The more exact cause, used only for the message. */
  readonly reason?: string;
  /** The kind of the refused factor, used only for the message. */
  readonly kind?: string;
  readonly next?: string;
  readonly attemptsLeft?: number;
  readonly retryAfterSeconds?: number;
}

/** A refused step in JSON, with the same words as on the page. */
export function sendRefusal(context: HttpContext, res: Response, refusal: Refusal): void {
  const { status, reason, kind, ...body } = refusal;
  if (refusal.retryAfterSeconds !== undefined) res.set('Retry-After', String(refusal.retryAfterSeconds));
  const message = sentenceFor(translatorFor(context, res.req), reason ?? refusal.because, kind);
  res
    .vary('Accept-Language')
    .status(status)
    .json({ outcome: 'rejected', message, ...body });
}

/** JSON with the next path, or a redirect with 303, so that a reload of the next page does not submit the form again. */
export function sendNext(
  req: Request,
  res: Response,
  moved: { readonly outcome: string; readonly next: string; readonly [field: string]: unknown },
): void {
  if (wantsJson(req)) res.json(moved);
  else if (stateOf(req).continueByPage?.(moved.next) !== true) res.redirect(303, moved.next);
}

/** An option as shown to the person, with its destination masked. */
export interface ShownOption extends Option {
  readonly destination?: string;
  readonly label?: string;
}

export function showOptions(gathered: Gathered, options: readonly Option[]): readonly ShownOption[] {
  const { member, account } = gathered;
  return options.map((option) => {
    const authenticator = member.authenticators.find(({ id }) => id === option.authenticatorId);
    if (authenticator !== undefined) {
      const { maskedDestination, label } = authenticator;
      return { ...option, label, ...(maskedDestination === null ? {} : { destination: maskedDestination }) };
    }
    // An address on file, or recovery codes.
    const channel = channelOfKind(option.kind);
    if (channel === null) return option;
    const address = addressBy(channel, account);
    return address === undefined ? option : { ...option, destination: maskDestination(channel, address) };
  });
}
