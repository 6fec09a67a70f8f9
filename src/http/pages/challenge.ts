import type { Router } from 'express';
import { decide } from '../../core/decision/decide';
import { rememberableSeconds } from '../../flows/browsers/remember-browser';
import type { ChallengeOutcome } from '../../flows/challenge/active-challenge';
import { answerChallenge, type Rejected } from '../../flows/challenge/answer-challenge';
import { issueChallengeFor } from '../../flows/challenge/issue-challenge';
import { challengeOwner, type ChallengeHint } from '../../flows/context/auth-subject';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import { canNotify } from '../../flows/notices/notify';
import type { HttpContext } from '../kernel/http-context';
import {
  answerRefusal,
  field,
  knownPageRoute,
  refuse,
  show,
  type KnownPageRequest,
} from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf, takePrefetchedRecords } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';
import { startAnew } from '../session/renew-session';
import { readSessionData, updateSessionData } from '../session/session-data';
import { describeAsk, describeDecision } from '../sign-in/attempt-login';
import { resumePathOf } from '../sign-in/kept-return-to';
import { askedFactor, refuseLocked, toChoices, viewAsked, type Opened } from './challenge-view';
import { goOnAfterProof } from './finish-login';
import { startOver } from './login';

export function addChallengeRoutes(router: Router, context: HttpContext): void {
  router.get('/challenge', knownPageRoute(context, showChallenge));
  router.post('/challenge', knownPageRoute(context, submitProof));
  router.post('/challenge/factor', knownPageRoute(context, chooseFactor));
  router.post('/challenge/resend', knownPageRoute(context, resendCode));
}

/** Reads where the visitor stands; goes on without the page where no second factor is asked here. */
async function openChallenge(page: KnownPageRequest): Promise<Opened | null> {
  const { context, identity, returnTo, res, req } = page;
  const early = takePrefetchedRecords(req);
  const gathered = await gatherFacts(context, identity.account, identity.subject, { early });
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  if (decision.outcome === 'challenge') return { gathered, decision };
  const resumePath = resumePathOf(req);
  if (decision.outcome === 'allow' && resumePath !== null) {
    sendNext(req, res, { outcome: 'resume', because: decision.because, next: resumePath });
  } else if (decision.outcome === 'allow' && identity.subject.phase === 'pending') {
    // The policy changed in the middle of the login: the next one will be let through.
    await startOver(page, { because: 'challenge-expired', status: 409 });
  } else if (decision.outcome === 'allow' || decision.outcome === 'enroll') {
    const step = describeDecision(context, { decision, gathered, ask: null, returnTo });
    sendNext(req, res, step);
  } else if (decision.outcome === 'sign-in' && identity.subject.phase === 'pending' && !page.json) {
    await startOver(page, { because: decision.because, status: 401 });
  } else {
    await refuse(page, decision);
  }
  return null;
}

async function showChallenge(page: KnownPageRequest): Promise<void> {
  const opened = await openChallenge(page);
  if (opened === null) return;
  if (page.json) {
    const { decision, gathered } = opened;
    page.res.json(describeDecision(page.context, { decision, gathered, ask: null, returnTo: page.returnTo }));
    return;
  }
  await renderChallenge(page, { ...opened, refused: null, status: 200 });
}

async function renderChallenge(
  page: KnownPageRequest,
  view: Opened & {
    readonly refused: { readonly because: string; readonly attemptsLeft?: number } | null;
    readonly status: number;
  },
): Promise<void> {
  const { gathered, decision, refused, status } = view;
  const asked = askedFactor(page, view, 'login');
  if (asked === null) {
    const error = refused === null ? null : sentenceFor(refused.because);
    await show(page, 'choose-factor', { choices: toChoices(gathered, decision.anyOf), error }, status);
    return;
  }
  const shown = await viewAsked(page, { asked, decision, gathered, refused });
  const { account, subject } = page.identity;
  const seconds = rememberableSeconds(subject, gathered, shown.kind);
  const rememberBrowser = seconds === null ? null : { days: Math.max(1, Math.floor(seconds / 86_400)) };
  const unlockSent = shown.lockedUntil !== null && canNotify(page.context, account, gathered.member);
  await show(page, 'challenge', { ...shown, rememberBrowser, unlockSent }, status);
}

async function submitProof(page: KnownPageRequest): Promise<void> {
  const asking = await ensureAsked(page);
  if (asking === null) return;
  const { context, req, identity } = asking;
  const { subject, account } = identity;
  const answer = await answerChallenge(context, {
    account,
    subject,
    purpose: 'login',
    requirement: { kind: 'policy' },
    submitted: fieldOf(req.body, 'code'),
    origin: originOf(req),
    early: takePrefetchedRecords(req),
  });
  if (answer.outcome === 'rejected') return showRejection(asking, answer);
  return goOnAfterProof(asking, answer);
}

/** A factor that needs no sending is asked with its answer: the page had nothing to start. */
async function ensureAsked(page: KnownPageRequest): Promise<KnownPageRequest | null> {
  if (page.identity.subject.asked?.purpose === 'login') return page;
  const opened = await openChallenge(page);
  if (opened === null) return null;
  const asked = askedFactor(page, opened, 'login');
  if (asked === null) {
    const refused = { because: 'no-challenge' };
    await answerRefusal(page, { ...refused, status: 409 }, (status) =>
      renderChallenge(page, { ...opened, refused, status }),
    );
    return null;
  }
  if (await answerLocked(page, opened, asked)) return null;
  await ask(page, opened.gathered, asked);
  return withAsked(page, asked);
}

async function answerLocked(page: KnownPageRequest, opened: Opened, asked: ChallengeHint): Promise<boolean> {
  const refused = refuseLocked(opened, asked);
  if (refused === null) return false;
  await answerRefusal(page, refused, (status) => renderChallenge(page, { ...opened, refused, status }));
  return true;
}

function withAsked(page: KnownPageRequest, asked: ChallengeHint): KnownPageRequest {
  updateSessionData(page.req, { asked });
  return { ...page, identity: { ...page.identity, subject: { ...page.identity.subject, asked } } };
}

function ask(
  page: KnownPageRequest,
  gathered: Gathered,
  option: Pick<ChallengeHint, 'authenticatorId' | 'kind'> & { readonly resend?: boolean },
): Promise<ChallengeOutcome> {
  const { context, identity, req } = page;
  const pendingUntil =
    identity.subject.phase === 'pending' ? (readSessionData(req).login?.expiresAt ?? null) : null;
  const { authenticatorId, kind, resend = false } = option;
  const owner = challengeOwner(identity.subject, 'login');
  return issueChallengeFor(context, {
    owner,
    option: { authenticatorId, kind },
    gathered,
    pendingUntil,
    resend,
  });
}

async function showRejection(page: KnownPageRequest, rejected: Rejected): Promise<void> {
  const { because } = rejected;
  const status = refusalStatus(because);
  const pending = page.identity.subject.phase === 'pending';
  const isOver = because === 'session-ended' || because === 'session-expired';
  // The cookie of a session that is over goes with it, so that it counts no more guesses against the owner.
  if (isOver && !pending) await startAnew(page.context, page.req, { identity: page.identity, isLive: false });
  if (isOver || (pending && because === 'attempts-exhausted')) return startOver(page, { because, status });
  // A form with no try left would only be refused once more.
  if (pending && rejected.attemptsLeft === 0 && !page.json)
    return startOver(page, { because: 'attempts-exhausted', status });
  const { lockedUntil, attemptsLeft, driftSeconds } = rejected;
  const now = page.context.clock.now();
  const refusal = {
    because,
    status,
    ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    ...(driftSeconds === undefined ? {} : { driftSeconds }),
    ...(lockedUntil === undefined ? {} : { retryAfterSeconds: Math.ceil((lockedUntil - now) / 1000) }),
  };
  await answerRefusal(page, refusal, async (pageStatus) => {
    const opened = await openChallenge(page);
    if (opened !== null) await renderChallenge(page, { ...opened, refused: rejected, status: pageStatus });
  });
}

async function chooseFactor(page: KnownPageRequest): Promise<void> {
  const opened = await openChallenge(page);
  if (opened === null) return;
  const authenticatorId = field(page, 'authenticatorId');
  const option = opened.decision.anyOf.find((offered) => offered.authenticatorId === authenticatorId);
  if (option === undefined) {
    const refused = { because: 'no-authenticator' };
    return answerRefusal(page, { ...refused, status: 400 }, (status) =>
      renderChallenge(page, { ...opened, refused, status }),
    );
  }
  return send(page, opened, { purpose: 'login', ...option });
}

async function resendCode(page: KnownPageRequest): Promise<void> {
  const opened = await openChallenge(page);
  if (opened === null) return;
  const asked = askedFactor(page, opened, 'login');
  if (asked === null) {
    const refused = { because: 'no-challenge' };
    return answerRefusal(page, { ...refused, status: 409 }, (status) =>
      renderChallenge(page, { ...opened, refused, status }),
    );
  }
  if (await answerLocked(page, opened, asked)) return;
  return send(page, opened, asked, { resend: true });
}

async function send(
  page: KnownPageRequest,
  opened: Opened,
  asked: ChallengeHint,
  { resend = false }: { readonly resend?: boolean } = {},
): Promise<void> {
  const { req, res, returnTo } = page;
  const outcome = await ask(page, opened.gathered, { ...asked, resend });
  const asking = withAsked(page, asked);
  if (outcome.outcome === 'gone') return startOver(page, { because: 'challenge-expired', status: 401 });
  if (outcome.outcome === 'not-sent') {
    const { because, retryAfterSeconds } = outcome;
    const refusal = {
      because,
      status: refusalStatus(because),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
    return answerRefusal(asking, refusal, (status) =>
      renderChallenge(asking, { ...opened, refused: { because }, status }),
    );
  }
  const sent = outcome.sent !== undefined;
  const next = describeDecision(page.context, {
    decision: opened.decision,
    gathered: opened.gathered,
    ask: null,
    returnTo,
  }).next;
  return sendNext(req, res, {
    outcome: sent ? 'sent' : 'challenge',
    next,
    anyOf: toChoices(opened.gathered, opened.decision.anyOf),
    ...describeAsk(outcome),
  });
}
