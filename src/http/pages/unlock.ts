import type { Router } from 'express';
import { lockEnd } from '../../core/member/guess-counter';
import type { Verified } from '../../flows/challenge/after-proof';
import { openUnlock, type OpenProof } from '../../flows/challenge/open-proof';
import { findUnlockLink } from '../../flows/challenge/unlock-link';
import { keepFormsHere } from '../kernel/headers';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import {
  answerRefusal,
  field,
  knownPageRoute,
  nameForPerson,
  pageRoute,
  pathOf,
  refuse,
  show,
  type KnownPageRequest,
  type PageRequest,
} from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { describeDecision, sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { toChoices, viewChallenge } from './challenge-view';
import { continueAfterProof } from './finish-login';
import { showProof, submitProof, type ProofPage, type Shown } from './prove';

const UNLOCK: ProofPage = {
  purpose: 'unlock',
  hasOneForm: true,
  open,
  describe,
  render,
  afterSending: (page) => ({ next: pathOf(page, '/unlock/challenge') }),
  async answerEnd(page, { because }) {
    if (because !== 'unlock-used-up') return false;
    forgetLink(page);
    await refuseUnlock(page, because);
    return true;
  },
  accept,
};

export function addUnlockRoutes(router: Router, context: HttpContext): void {
  const keepForms = keepFormsHere(context);
  router.get('/unlock', keepForms, pageRoute(context, showLink));
  router.post('/unlock', keepForms, pageRoute(context, followLink));
  router.get(
    '/unlock/challenge',
    knownPageRoute(context, (page) => showProof(UNLOCK, page)),
  );
  router.post(
    '/unlock/challenge',
    knownPageRoute(context, (page) => submitProof(UNLOCK, page)),
  );
}

/** The page that the link in the email opens. It changes nothing, because mail scanners open links too. */
async function showLink(page: PageRequest): Promise<void> {
  const submitted = page.req.query['token'];
  const link = await findUnlockLink(page.context, submitted);
  if (link === undefined || typeof submitted !== 'string') return refuseUnlock(page, 'unlock-link-over');
  if (page.json) {
    page.res.json({ outcome: 'unlock', next: pathOf(page, '/unlock'), lockedUntil: link.expiresAt });
    return;
  }
  await show(page, 'unlock', { token: submitted });
}

/** Stores the link in the session. The password and a factor come next. */
async function followLink(page: PageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  const link = await findUnlockLink(context, field(page, 'token'));
  if (link === undefined) return refuseUnlock(page, 'unlock-link-over');
  if (identity.kind === 'known' && identity.account.id !== link.userId)
    return refuseUnlock(page, 'unlock-link-of-another');
  updateSessionData(req, { unlock: link.tokenHash });
  const signedIn = identity.kind === 'known';
  const next = signedIn ? pathOf(page, '/unlock/challenge') : context.options.loginPath;
  return sendNext(req, res, { outcome: signedIn ? 'challenge' : 'sign-in', next });
}

async function refuseUnlock(
  page: PageRequest,
  because: 'unlock-link-over' | 'unlock-link-of-another' | 'unlock-used-up',
): Promise<void> {
  const { identity, context } = page;
  const { t } = page.translator;
  const { loginPath, defaultReturnTo } = context.options;
  const issuer = await nameForPerson(page);
  const signedIn = identity.kind === 'known' && identity.subject.phase === 'session';
  const action = signedIn
    ? { label: t('button.backTo', { issuer }), path: defaultReturnTo }
    : { label: t('button.signIn'), path: loginPath };
  const locals = {
    tone: 'attention',
    heading: t('unlock.refused.heading'),
    paragraphs: [sentenceFor(page.translator, because)],
    retryAt: null,
    action,
    secondary: null,
  } as const;
  return answerRefusal(page, { because, status: refusalStatus(because) }, (status) =>
    show(page, 'message', locals, status),
  );
}

async function open(page: KnownPageRequest): Promise<OpenProof | null> {
  const { context, req, res, identity, returnTo } = page;
  const opening = await openUnlock(context, { ...identity, tokenHash: readSessionData(req).unlock });
  switch (opening.outcome) {
    case 'open':
      return opening.proof;
    case 'link-over':
      await refuseUnlock(page, 'unlock-link-over');
      return null;
    case 'unlocked': {
      const isPending = identity.subject.phase === 'pending';
      const next = isPending ? pathOf(page, '/challenge') : (returnTo ?? context.options.defaultReturnTo);
      sendNext(req, res, { outcome: 'unlocked', next });
      return null;
    }
    case 'decided':
      await refuse(page, opening.decision);
      return null;
  }
}

function describe(page: KnownPageRequest, { gathered, decision }: OpenProof): object {
  const { codes } = gathered.member.guesses;
  const lockedUntil = lockEnd(codes, page.context.options.limits, gathered.now);
  return {
    outcome: 'challenge',
    because: 'locked',
    next: pathOf(page, '/unlock/challenge'),
    anyOf: toChoices(page.translator, gathered, decision.anyOf),
    ...(lockedUntil === null ? {} : { lockedUntil }),
  };
}

async function render(page: KnownPageRequest, proof: OpenProof, { refused, status }: Shown): Promise<void> {
  const { decision, gathered, challengeHint } = proof;
  if (challengeHint === null) {
    const error = refused === null ? null : sentenceFor(page.translator, refused.because);
    const alternatives = toChoices(page.translator, gathered, decision.anyOf);
    return show(page, 'unlock-challenge', { prompt: null, alternatives, error }, status);
  }
  const { alternatives, error, ...prompt } = await viewChallenge(page, { proof, challengeHint, refused });
  return show(page, 'unlock-challenge', { prompt: { ...prompt, error }, alternatives, error }, status);
}

function forgetLink({ req }: PageRequest): void {
  updateSessionData(req, { unlock: undefined, challengeHint: undefined });
}

async function accept(page: KnownPageRequest, answer: Verified): Promise<void> {
  const { context, req, res, returnTo } = page;
  const { decision, gathered } = answer;
  forgetLink(page);
  if (decision.outcome === 'allow' || decision.outcome === 'enroll') return continueAfterProof(page, answer);
  // The factor ended the lock, but the login needs another proof.
  return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
}
