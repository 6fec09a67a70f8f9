import type { Router } from 'express';
import { addEvidence } from '../../core/decision/assurance';
import { asStepUp, decide, type Decision, type Requirement } from '../../core/decision/decide';
import { reportRecoveryCodeUse } from '../../flows/authenticators/recovery-codes';
import { answerChallenge, usedRecoveryCode } from '../../flows/challenge/answer-challenge';
import { issueChallengeFor } from '../../flows/challenge/issue-challenge';
import { challengeOwner, type ChallengeHint } from '../../flows/context/auth-subject';
import { gatherSetupFacts } from '../../flows/context/gather-setup-facts';
import { administeredNext } from '../admin/administered-policy';
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
import { fieldOf, originOf } from '../kernel/request';
import { sendNext, type Refusal } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';
import { updateSessionData } from '../session/session-data';
import { describeAsk, describeDecision } from '../sign-in/attempt-login';
import { sourceOfSession } from '../sign-in/trusted-source';
import { askedFactor, isAskedFor, refuseLocked, toChoices, viewAsked, type Opened } from './challenge-view';
import { finishProof } from './finish-login';
import { purposeOf } from './proof-purpose';
import { resumeAct } from './settings-acts';
import { unusableSentence } from './unusable-sentence';

export function addStepUpRoutes(router: Router, context: HttpContext): void {
  router.get('/step-up', knownPageRoute(context, showStepUp));
  router.post('/step-up', knownPageRoute(context, submitStepUp));
}

/** However fresh the last proof is, this page asks for one made now. */
function freshProof(now: number): Requirement {
  return { kind: 'step-up', maxAgeSeconds: 1, passwordSince: now };
}

async function openStepUp(page: KnownPageRequest): Promise<Opened | null> {
  const { context, identity } = page;
  const gathered = await gatherSetupFacts(context, { ...identity, findAdministered: administeredNext(page) });
  const stale = gathered.now + 2000;
  const policyDecision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  const open = policyDecision.outcome === 'allow' || policyDecision.outcome === 'enroll';
  const decision: Decision = open
    ? asStepUp(decide(gathered.setup ?? gathered.facts, freshProof(stale), stale))
    : policyDecision;
  if (decision.outcome === 'challenge' && identity.subject.phase === 'session') return { gathered, decision };
  if (decision.outcome === 'enroll' && identity.subject.phase === 'session' && identity.account.hasPassword) {
    const because = 'authentication-too-old';
    return { gathered, decision: { outcome: 'challenge', because, anyOf: [], password: true } };
  }
  await refuse(page, decision);
  return null;
}

async function showStepUp(page: KnownPageRequest): Promise<void> {
  const opened = await openStepUp(page);
  if (opened === null) return;
  if (page.json) {
    const { decision, gathered } = opened;
    page.res.json(describeDecision(page.context, { decision, gathered, ask: null, returnTo: page.returnTo }));
    return;
  }
  await renderStepUp(page, opened, null, 200);
}

async function renderStepUp(
  page: KnownPageRequest,
  opened: Opened,
  refused: Pick<Refusal, 'because' | 'attemptsLeft'> | null,
  status: number,
): Promise<void> {
  const { decision, gathered } = opened;
  const common = { ...purposeOf(page, gathered), unusable: unusableSentence(gathered), progress: null };
  const asked = askedFactor(page, opened, 'step-up');
  if (asked === null) {
    const method = decision.password === true ? 'password' : 'choose';
    await show(
      page,
      'step-up',
      {
        ...common,
        method,
        authenticatorId: null,
        label: null,
        alternatives: toChoices(gathered, decision.anyOf),
        lockedUntil: null,
        expired: false,
        unsent: false,
        limited: false,
        codeNote: null,
        exhausted: false,
        error: refused === null ? null : sentenceFor(refused.because),
        clockIsOff: false,
        destination: null,
        validFor: null,
        fallbackFrom: null,
        resend: null,
      },
      status,
    );
    return;
  }
  const shown = await viewAsked(page, { asked, decision, gathered, refused });
  await show(
    page,
    'step-up',
    { ...common, ...shown, method: shown.kind, authenticatorId: asked.authenticatorId },
    status,
  );
}

async function submitStepUp(page: KnownPageRequest): Promise<void> {
  const opened = await openStepUp(page);
  if (opened === null) return;
  if (opened.decision.password === true) return provePassword(page, opened);
  const authenticatorId = field(page, 'authenticatorId');
  const chosen = opened.decision.anyOf.find((option) => option.authenticatorId === authenticatorId);
  if (authenticatorId !== '' && chosen === undefined)
    return again(page, opened, { because: 'no-authenticator', status: 400 });
  const asked =
    chosen === undefined ? askedFactor(page, opened, 'step-up') : { purpose: 'step-up' as const, ...chosen };
  if (asked === null) return again(page, opened, { because: 'no-challenge', status: 409 });
  const locked = refuseLocked(opened, asked);
  if (locked !== null) return again(page, opened, locked);
  const submitted = fieldOf(page.req.body, 'code');
  if (submitted === undefined) return ask(page, opened, asked);
  return prove(await asking(page, opened, asked), opened, submitted);
}

/** The factor becomes the one that is asked; a kind that needs no sending is asked with its answer. */
async function asking(
  page: KnownPageRequest,
  opened: Opened,
  asked: ChallengeHint,
): Promise<KnownPageRequest> {
  const { subject } = page.identity;
  const before = subject.asked;
  const same = before?.purpose === 'step-up' && before.authenticatorId === asked.authenticatorId;
  const sent = asked.kind === 'sms' || asked.kind === 'email';
  if (!same && !sent) await issue(page, opened, asked);
  updateSessionData(page.req, { asked });
  return { ...page, identity: { ...page.identity, subject: { ...subject, asked } } };
}

function issue(
  page: KnownPageRequest,
  { gathered }: Opened,
  { authenticatorId, kind }: ChallengeHint,
): ReturnType<typeof issueChallengeFor> {
  const owner = challengeOwner(page.identity.subject, 'step-up');
  const resend = isAskedFor(page, { purpose: 'step-up', authenticatorId });
  const option = { authenticatorId, kind };
  return issueChallengeFor(page.context, { owner, option, gathered, pendingUntil: null, resend });
}

async function ask(page: KnownPageRequest, opened: Opened, asked: ChallengeHint): Promise<void> {
  const outcome = await issue(page, opened, asked);
  updateSessionData(page.req, { asked });
  const known = { ...page, identity: { ...page.identity, subject: { ...page.identity.subject, asked } } };
  if (outcome.outcome === 'not-sent') {
    const { because, retryAfterSeconds } = outcome;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return again(known, opened, { because, status: refusalStatus(because), ...wait });
  }
  const { req, res, context, returnTo } = page;
  const { decision, gathered } = opened;
  const { next } = describeDecision(context, { decision, gathered, ask: null, returnTo });
  const sent = outcome.outcome === 'asked' && outcome.sent !== undefined;
  sendNext(req, res, { outcome: sent ? 'sent' : 'challenge', next, ...describeAsk(outcome) });
}

async function prove(page: KnownPageRequest, opened: Opened, submitted: unknown): Promise<void> {
  const { context, req, identity } = page;
  const answer = await answerChallenge(context, {
    account: identity.account,
    subject: identity.subject,
    purpose: 'step-up',
    requirement: { kind: 'policy' },
    submitted,
    origin: originOf(req),
  });
  if (answer.outcome === 'rejected') {
    const { because, attemptsLeft, lockedUntil } = answer;
    return again(page, opened, {
      because,
      status: refusalStatus(because),
      ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
      ...(lockedUntil === undefined
        ? {}
        : { retryAfterSeconds: Math.ceil((lockedUntil - context.clock.now()) / 1000) }),
    });
  }
  if (usedRecoveryCode(answer.asked))
    await reportRecoveryCodeUse(context, { gathered: answer.gathered, origin: originOf(req) });
  return complete(page, answer.evidence, opened);
}

async function provePassword(page: KnownPageRequest, opened: Opened): Promise<void> {
  const { context, req, identity } = page;
  const { account } = identity;
  const verdict = await context.passwords.check(req, {
    username: account.username,
    password: field(page, 'password'),
    trusted: sourceOfSession(identity.subject.ownerId),
  });
  if (verdict.outcome === 'throttled') {
    const { retryAfterSeconds } = verdict;
    return again(page, opened, { because: 'too-many-passwords', status: 429, retryAfterSeconds });
  }
  const same = verdict.outcome === 'right' && context.directory.accountOf(verdict.user).id === account.id;
  if (!same) {
    context.events.report({
      name: 'password-rejected',
      userId: account.id,
      organizationId: account.organizationId,
      address: originOf(req).address,
      details: { purpose: 'step-up' },
    });
    return again(page, opened, { because: 'wrong-password', status: 401 });
  }
  const evidence = opened.gathered.facts.session?.evidence ?? [];
  const proof = { method: 'password', at: context.clock.now() } as const;
  return complete(page, addEvidence(evidence, proof), opened);
}

async function complete(
  page: KnownPageRequest,
  evidence: Parameters<typeof finishProof>[1]['evidence'],
  { gathered }: Opened,
): Promise<void> {
  const { context, req, res, identity, returnTo } = page;
  await finishProof(page, { evidence, gathered });
  context.events.report({
    name: 'step-up-completed',
    userId: identity.account.id,
    organizationId: identity.account.organizationId,
    address: originOf(req).address,
  });
  if (await resumeAct(page)) return;
  sendNext(req, res, { outcome: 'stepped-up', next: returnTo ?? context.options.defaultReturnTo });
}

function again(page: KnownPageRequest, opened: Opened, refusal: Refusal): Promise<void> {
  return answerRefusal(page, refusal, (status) => renderStepUp(page, opened, refusal, status));
}
