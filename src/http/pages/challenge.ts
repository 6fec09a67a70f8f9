import type { Router } from 'express';
import { rememberableSeconds } from '../../flows/browsers/remembered-browsers';
import type { Rejected } from '../../flows/challenge/answer-challenge';
import { openLogin, type OpenProof, type Opening } from '../../flows/challenge/open-proof';
import { canNotify } from '../../flows/notices/notify';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import { knownPageRoute, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { takePrefetchedRecords } from '../kernel/request';
import { describeDecision, nextPath, sendNext } from '../kernel/respond';
import { replaceEndedSession } from '../session/renew-session';
import { resumePathOf } from '../sign-in/return-to';
import { toChoices, viewChallenge } from './challenge-view';
import { continueAfterProof } from './finish-login';
import { startOver } from './login';
import { chooseFactor, resendCode, showProof, submitProof, type ProofPage, type Shown } from './prove';

const CHALLENGE: ProofPage = {
  purpose: 'login',
  hasOneForm: false,
  open,
  describe: ({ context, returnTo }, { decision, gathered }) =>
    describeDecision(context, { decision, gathered, ask: null, returnTo }),
  render,
  afterSending: ({ context, returnTo, translator }, { decision, gathered }) => ({
    next: nextPath(context, decision, returnTo),
    anyOf: toChoices(translator, gathered, decision.anyOf),
  }),
  answerGone: (page) => startOver(page, { because: 'challenge-expired', status: 401 }),
  answerEnd,
  accept: continueAfterProof,
};

export function addChallengeRoutes(router: Router, context: HttpContext): void {
  router.get(
    '/challenge',
    knownPageRoute(context, (page) => showProof(CHALLENGE, page)),
  );
  router.post(
    '/challenge',
    knownPageRoute(context, (page) => submitProof(CHALLENGE, page)),
  );
  router.post(
    '/challenge/factor',
    knownPageRoute(context, (page) => chooseFactor(CHALLENGE, page)),
  );
  router.post(
    '/challenge/resend',
    knownPageRoute(context, (page) => resendCode(CHALLENGE, page)),
  );
}

async function open(page: KnownPageRequest): Promise<OpenProof | null> {
  const { context, identity, req } = page;
  const opening = await openLogin(context, { ...identity, early: takePrefetchedRecords(req) });
  if (opening.outcome === 'open') return opening.proof;
  await answerWithoutChallenge(page, opening);
  return null;
}

async function answerWithoutChallenge(
  page: KnownPageRequest,
  { decision, gathered }: Opening & { readonly outcome: 'decided' },
): Promise<void> {
  const { context, identity, returnTo, res, req } = page;
  const isPending = identity.subject.phase === 'pending';
  const resumePath = resumePathOf(req);
  if (decision.outcome === 'allow' && resumePath !== null) {
    sendNext(req, res, { outcome: 'resume', because: decision.because, next: resumePath });
  } else if (decision.outcome === 'allow' && isPending) {
    // The policy changed during the login, so a new login needs no second factor.
    await startOver(page, { because: 'challenge-expired', status: 409 });
  } else if (decision.outcome === 'allow' || decision.outcome === 'enroll') {
    sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
  } else if (decision.outcome === 'sign-in' && isPending && !page.json) {
    await startOver(page, { because: decision.because, status: 401 });
  } else {
    await refuse(page, decision);
  }
}

async function render(page: KnownPageRequest, proof: OpenProof, { refused, status }: Shown): Promise<void> {
  const { gathered, decision, challengeHint } = proof;
  if (challengeHint === null) {
    const error = refused === null ? null : sentenceFor(page.translator, refused.because);
    await show(
      page,
      'choose-factor',
      { choices: toChoices(page.translator, gathered, decision.anyOf), error },
      status,
    );
    return;
  }
  const shown = await viewChallenge(page, { proof, challengeHint, refused });
  const { account, subject } = page.identity;
  const seconds = rememberableSeconds(subject, gathered, shown.kind);
  const rememberBrowser = seconds === null ? null : { days: Math.max(1, Math.floor(seconds / 86_400)) };
  const unlockSent = shown.lockedUntil !== null && canNotify(page.context, account, gathered.member);
  await show(page, 'challenge', { ...shown, rememberBrowser, unlockSent }, status);
}

async function answerEnd(page: KnownPageRequest, { because, attemptsLeft }: Rejected): Promise<boolean> {
  const { context, req, identity, json } = page;
  const status = refusalStatus(because);
  const isPending = identity.subject.phase === 'pending';
  const isOver = because === 'session-ended' || because === 'session-expired';
  // Remove the cookie of an ended session too, so that its wrong codes no longer count against the owner.
  if (isOver && !isPending) await replaceEndedSession(context, req, { identity, isLive: false });
  if (isOver || (isPending && because === 'attempts-exhausted')) {
    await startOver(page, { because, status });
    return true;
  }
  // Without attempts left, the form would only be refused again.
  if (!isPending || attemptsLeft !== 0 || json) return false;
  await startOver(page, { because: 'attempts-exhausted', status });
  return true;
}
