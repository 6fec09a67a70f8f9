import type { Router } from 'express';
import type { Evidence } from '../../core/decision/assurance';
import { digitsOf } from '../../factors/factor-words';
import { completeStepUp } from '../../flows/challenge/after-proof';
import { openStepUp, type OpenProof } from '../../flows/challenge/open-proof';
import type { Gathered } from '../../flows/context/gather-facts';
import { proveOwnPassword } from '../../flows/sign-in/judge-password';
import { administeredNext } from '../admin/admin-options';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import {
  answerRefusal,
  field,
  knownPageRoute,
  refuse,
  show,
  type KnownPageRequest,
} from '../kernel/page-route';
import { originOf, withQuery } from '../kernel/request';
import { describeDecision, nextPath, sendNext, type Refusal } from '../kernel/respond';
import { findSavedForm } from '../session/pending-action';
import { sourceOfSession } from '../sign-in/attempt-login';
import { toChoices, viewChallenge } from './challenge-view';
import { applyCompletion, provingOf } from './finish-login';
import { purposeOf, unusableSentence } from './proof-purpose';
import { showProof, submitProof, type ProofPage, type Shown } from './prove';
import { resumeAct } from './settings';

const STEP_UP: ProofPage = {
  purpose: 'step-up',
  hasOneForm: true,
  open,
  describe: ({ context, returnTo }, { decision, gathered }) =>
    describeDecision(context, { decision, gathered, ask: null, returnTo }),
  render,
  afterSending: ({ context, returnTo }, { decision }) => ({ next: nextPath(context, decision, returnTo) }),
  submitPassword,
  answerEnd: async () => false,
  accept: (page, { evidence, gathered }) => complete(page, { evidence, gathered }),
};

export function addStepUpRoutes(router: Router, context: HttpContext): void {
  router.get(
    '/step-up',
    knownPageRoute(context, (page) => showProof(STEP_UP, page)),
  );
  router.post(
    '/step-up',
    knownPageRoute(context, (page) => submitProof(STEP_UP, page)),
  );
}

async function open(page: KnownPageRequest): Promise<OpenProof | null> {
  const { context, identity } = page;
  const opening = await openStepUp(context, { ...identity, findAdministered: administeredNext(page) });
  if (opening.outcome === 'open') return opening.proof;
  await refuse(page, opening.decision);
  return null;
}

async function render(page: KnownPageRequest, proof: OpenProof, { refused, status }: Shown): Promise<void> {
  const { decision, gathered, challengeHint } = proof;
  const common = {
    ...(await purposeOf(page, gathered)),
    unusable: unusableSentence(page.translator, gathered),
    progress: null,
  };
  if (challengeHint !== null) {
    const shown = await viewChallenge(page, { proof, challengeHint, refused });
    const { authenticatorId } = challengeHint;
    return show(page, 'step-up', { ...common, ...shown, method: shown.kind, authenticatorId }, status);
  }
  const withoutChallenge = {
    method: decision.password === true ? 'password' : 'choose',
    authenticatorId: null,
    label: null,
    alternatives: toChoices(page.translator, gathered, decision.anyOf),
    shown: null,
    lockedUntil: null,
    expired: false,
    unsent: false,
    limited: false,
    codeNote: null,
    exhausted: false,
    error: refused === null ? null : sentenceFor(page.translator, refused.because),
    codeDigits: digitsOf(undefined),
    clockIsOff: false,
    destination: null,
    validFor: null,
    fallbackFrom: null,
    resend: null,
  } as const;
  return show(page, 'step-up', { ...common, ...withoutChallenge }, status);
}

async function submitPassword(page: KnownPageRequest, proof: OpenProof): Promise<void> {
  const { context, req, identity } = page;
  const { account, subject } = identity;
  const { gathered } = proof;
  const submitted = {
    username: account.username,
    password: field(page, 'password'),
    trusted: sourceOfSession(subject.ownerId),
  };
  const given = await proveOwnPassword(context, {
    account,
    gathered,
    purpose: 'step-up',
    origin: originOf(req),
    check: () => context.passwords.check(req, submitted),
  });
  if (given.outcome === 'proven') return complete(page, { evidence: given.evidence, gathered });
  const refusal: Refusal =
    given.outcome === 'wrong'
      ? { because: 'wrong-password', status: 401 }
      : { because: 'too-many-passwords', status: 429, retryAfterSeconds: given.retryAfterSeconds };
  return answerRefusal(page, refusal, (status) => render(page, proof, { refused: refusal, status }));
}

/** Performs the change of the administrators' form that waited for this proof. False if no form waited. */
async function resumeForm({ context, req, res, returnTo, json }: KnownPageRequest): Promise<boolean> {
  const form = returnTo === null ? null : findSavedForm(req, returnTo, context.clock.now());
  if (form === null || returnTo === null || json) return false;
  for (const pages of context.administration) {
    // Each `mfa.adminPages()` asks its own `organizationsOf`, until one of them knows the organization.
    // oxlint-disable-next-line no-await-in-loop
    const resumed = await pages.resume(req, res, form);
    if (resumed === 'answered') return true;
    if (resumed === 'changed') {
      sendNext(req, res, { outcome: 'stepped-up', next: withQuery(returnTo, { changed: 'yes' }) });
      return true;
    }
  }
  const part = PART_OF_PAGE.get(form.route);
  if (part === undefined) return false;
  sendNext(req, res, { outcome: 'stepped-up', next: `${returnTo}#${part}` });
  return true;
}

/** The section of the page to open, for forms that are confirmed after the proof. */
const PART_OF_PAGE: ReadonlyMap<string, string> = new Map([
  ['/:organizationId/members/:userId/reset', 'danger-heading'],
  ['/:organizationId/members/:userId/end-sessions', 'danger-heading'],
  ['/:organizationId/sessions/end-all', 'end-heading'],
]);

async function complete(
  page: KnownPageRequest,
  proven: { readonly evidence: readonly Evidence[]; readonly gathered: Gathered },
): Promise<void> {
  const { context, req, res, returnTo } = page;
  await applyCompletion(page, completeStepUp(context, { ...provingOf(page), ...proven }));
  if ((await resumeAct(page)) || (await resumeForm(page))) return;
  sendNext(req, res, { outcome: 'stepped-up', next: returnTo ?? context.options.defaultReturnTo });
}
