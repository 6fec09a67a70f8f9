import type { Router } from 'express';
import { decide, type Decision, type Option } from '../../core/decision/decide';
import { lockEnd } from '../../core/member/guess-counter';
import type { Rejected } from '../../flows/challenge/answer-challenge';
import {
  answerUnlock,
  askUnlock,
  unlockOptions,
  unlockOwner,
  withoutLocks,
} from '../../flows/challenge/unlock';
import { findLinkByHash, isLockedOut, type FoundUnlockLink } from '../../flows/challenge/unlock-link';
import type { ChallengeHint } from '../../flows/context/auth-subject';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import {
  answerRefusal,
  field,
  knownPageRoute,
  pathOf,
  refuse,
  show,
  type KnownPageRequest,
  type PageRequest,
} from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';
import { readSessionData, updateSessionData } from '../session/session-data';
import { describeAsk, describeDecision } from '../sign-in/attempt-login';
import { isAskedFor, toChoices, viewAsked } from './challenge-view';
import { goOnAfterProof } from './finish-login';

/** A link that leads nowhere, and what to do instead. */
export function refuseUnlock(
  page: PageRequest,
  because: 'unlock-link-over' | 'unlock-link-of-another' | 'unlock-used-up',
): Promise<void> {
  const { identity, context } = page;
  const { loginPath, defaultReturnTo, issuer } = context.options;
  const signedIn = identity.kind === 'known' && identity.subject.phase === 'session';
  const action = signedIn
    ? { label: `Back to ${issuer}`, path: defaultReturnTo }
    : { label: 'Sign in', path: loginPath };
  return answerRefusal(page, { because, status: refusalStatus(because) }, (status) =>
    show(
      page,
      'message',
      {
        tone: 'attention',
        heading: 'This link does not work',
        paragraphs: [sentenceFor(because)],
        retryAt: null,
        action,
        secondary: null,
      },
      status,
    ),
  );
}

export function addUnlockChallengeRoutes(router: Router, context: HttpContext): void {
  router.get('/unlock/challenge', knownPageRoute(context, showChallenge));
  router.post('/unlock/challenge', knownPageRoute(context, submit));
}

interface Unlocking {
  readonly link: FoundUnlockLink;
  readonly gathered: Gathered;
  readonly options: readonly Option[];
}

/** The link of this visitor, where it is theirs and there is a lock to end; otherwise the answer was given already. */
async function open(page: KnownPageRequest): Promise<Unlocking | null> {
  const { context, req, res, identity, returnTo } = page;
  const { unlock } = readSessionData(req);
  const [link, gathered] = await Promise.all([
    unlock === undefined ? undefined : findLinkByHash(context, unlock),
    gatherFacts(context, identity.account, identity.subject),
  ]);
  const { session } = gathered.facts;
  if (session?.phase !== 'live') {
    const because = session?.phase === 'expired' ? 'session-expired' : 'session-ended';
    await refuse(page, { outcome: 'sign-in', because });
    return null;
  }
  if (link === undefined || link.userId !== identity.account.id) {
    await refuseUnlock(page, 'unlock-link-over');
    return null;
  }
  if (!isLockedOut(context, gathered)) {
    const pending = identity.subject.phase === 'pending';
    const next = pending ? pathOf(page, '/challenge') : (returnTo ?? context.options.defaultReturnTo);
    sendNext(req, res, { outcome: 'unlocked', next });
    return null;
  }
  const options = unlockOptions(context, gathered);
  if (options.length > 0) return { link, gathered, options };
  await refuse(page, decideLocked(context, gathered));
  return null;
}

/** Nothing that the person has can end the lock: they answer with a recovery code, or wait. */
function decideLocked({ options: { limits } }: HttpContext, { facts, member, now }: Gathered): Decision {
  const decision = decide(facts, { kind: 'policy' }, now);
  if (decision.outcome === 'challenge' || decision.outcome === 'deny') return decision;
  const { codes, 'recovery-codes': recoveryCodes } = member.guesses;
  const lockedUntil = lockEnd(codes, limits, now) ?? lockEnd(recoveryCodes, limits, now) ?? now;
  return { outcome: 'deny', because: 'locked', lockedUntil };
}

async function showChallenge(page: KnownPageRequest): Promise<void> {
  const opened = await open(page);
  if (opened === null) return;
  if (!page.json) return render(page, opened, { rejected: null, status: 200 });
  const { gathered, options } = opened;
  const { codes } = gathered.member.guesses;
  const lockedUntil = lockEnd(codes, page.context.options.limits, gathered.now);
  page.res.json({
    outcome: 'challenge',
    because: 'locked',
    next: pathOf(page, '/unlock/challenge'),
    anyOf: toChoices(gathered, options),
    ...(lockedUntil === null ? {} : { lockedUntil }),
  });
}

/** The one asked last, or the app; what has to be sent is chosen first. */
function askedOf(page: KnownPageRequest, { options }: Unlocking): ChallengeHint | null {
  const { asked } = page.identity.subject;
  const isAsked = ({ authenticatorId }: Option) =>
    asked?.purpose === 'unlock' && asked.authenticatorId === authenticatorId;
  const option = options.find(isAsked) ?? options.find(({ kind }) => kind === 'totp');
  return option === undefined ? null : { purpose: 'unlock', ...option };
}

async function render(
  page: KnownPageRequest,
  opened: Unlocking,
  answer: {
    readonly rejected: { readonly because: string; readonly attemptsLeft?: number } | null;
    readonly status: number;
  },
): Promise<void> {
  const { options, link } = opened;
  const { rejected, status } = answer;
  const gathered = withoutLocks(opened.gathered);
  const asked = askedOf(page, opened);
  if (asked === null) {
    const error = rejected === null ? null : sentenceFor(rejected.because);
    const choices = toChoices(gathered, options);
    return show(page, 'unlock-challenge', { prompt: null, alternatives: choices, error }, status);
  }
  const { identity } = page;
  const { ownerId } = unlockOwner(link);
  const ofLink = { ...page, identity: { ...identity, subject: { ...identity.subject, ownerId } } };
  const decision = { outcome: 'challenge', because: 'assurance-too-low', anyOf: options } as const;
  const shown = await viewAsked(ofLink, { asked, decision, gathered, refused: rejected });
  const { alternatives, error, ...prompt } = shown;
  await show(page, 'unlock-challenge', { prompt: { ...prompt, error }, alternatives, error }, status);
}

async function submit(page: KnownPageRequest): Promise<void> {
  const opened = await open(page);
  if (opened === null) return;
  const authenticatorId = field(page, 'authenticatorId');
  const chosen = opened.options.find((option) => option.authenticatorId === authenticatorId);
  if (authenticatorId !== '' && chosen === undefined) return again(page, opened, 'no-authenticator');
  const asked = chosen === undefined ? askedOf(page, opened) : ({ purpose: 'unlock', ...chosen } as const);
  if (asked === null) return again(page, opened, 'no-challenge');
  const submitted = fieldOf(page.req.body, 'code');
  if (submitted === undefined) return ask(page, opened, asked);
  const before = page.identity.subject.asked;
  const same = before?.purpose === 'unlock' && before.authenticatorId === asked.authenticatorId;
  if (asked.kind === 'totp' && !same) await askUnlock(page.context, { ...opened, option: toOption(asked) });
  updateSessionData(page.req, { asked });
  return prove(withAsked(page, asked), opened, submitted);
}

function toOption({ authenticatorId, kind }: ChallengeHint): Option {
  return { authenticatorId, kind };
}

function withAsked(page: KnownPageRequest, asked: ChallengeHint): KnownPageRequest {
  return { ...page, identity: { ...page.identity, subject: { ...page.identity.subject, asked } } };
}

async function ask(page: KnownPageRequest, opened: Unlocking, asked: ChallengeHint): Promise<void> {
  const { context, req, res } = page;
  const resend = isAskedFor(page, asked);
  const outcome = await askUnlock(context, { ...opened, option: toOption(asked), resend });
  updateSessionData(req, { asked });
  if (outcome.outcome === 'not-sent') return again(withAsked(page, asked), opened, outcome.because);
  const sent = outcome.outcome === 'asked' && outcome.sent !== undefined;
  const next = pathOf(page, '/unlock/challenge');
  sendNext(req, res, { outcome: sent ? 'sent' : 'challenge', next, ...describeAsk(outcome) });
}

async function prove(page: KnownPageRequest, opened: Unlocking, submitted: unknown): Promise<void> {
  const { context, req, identity, res, returnTo } = page;
  const { account, subject } = identity;
  const { asked } = subject;
  if (asked === null) return again(page, opened, 'no-challenge');
  const { link } = opened;
  const answer = await answerUnlock(context, {
    account,
    subject,
    link,
    asked,
    submitted,
    origin: originOf(req),
  });
  if (answer.outcome === 'used-up') {
    updateSessionData(req, { unlock: undefined, asked: undefined });
    return refuseUnlock(page, 'unlock-used-up');
  }
  if (answer.outcome === 'rejected') return again(page, opened, answer.because, answer);
  updateSessionData(req, { unlock: undefined, asked: undefined });
  if (answer.decision.outcome === 'allow' || answer.decision.outcome === 'enroll')
    return goOnAfterProof(page, answer);
  // The factor ends the lock and is still not all that is asked for.
  const { decision, gathered } = answer;
  sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
}

function again(
  page: KnownPageRequest,
  opened: Unlocking,
  because: string,
  rejected: Partial<Rejected> = {},
): Promise<void> {
  const { attemptsLeft, driftSeconds } = rejected;
  const left = attemptsLeft === undefined ? {} : { attemptsLeft };
  const drift = driftSeconds === undefined ? {} : { driftSeconds };
  const refusal = { because, status: refusalStatus(because), ...left, ...drift };
  return answerRefusal(page, refusal, (status) => render(page, opened, { rejected: refusal, status }));
}
