import { channelOfKind, proofField } from '../../factors/find-factor';
import type { Verified } from '../../flows/challenge/after-proof';
import { answerChallenge, type ProofPurpose, type Rejected } from '../../flows/challenge/answer-challenge';
import { askProof, isSameChallenge } from '../../flows/challenge/issue-challenge';
import { pickFactor, type OpenProof } from '../../flows/challenge/open-proof';
import { readShown } from '../../flows/challenge/read-prompt';
import type { ChallengeHint } from '../../flows/context/context';
import { answerRefusal, field, type KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf, takePrefetchedRecords } from '../kernel/request';
import { describeSending, describeShown, sendNext, type Refusal } from '../kernel/respond';
import { updateSessionData } from '../session/session-data';

/** The steps of every proof by a second factor; `challenge`, `step-up` and `unlock` define the differences. */

export interface ProofPage {
  readonly purpose: ProofPurpose;
  /** One form chooses a factor, requests its code and submits it. On other pages a form without a code is a wrong answer. */
  readonly hasOneForm: boolean;
  /** Finds what can be proven now; null if the response was already sent. */
  open(page: KnownPageRequest): Promise<OpenProof | null>;
  describe(page: KnownPageRequest, proof: OpenProof): object;
  render(page: KnownPageRequest, proof: OpenProof, shown: Shown): Promise<void>;
  /** The path of the form, and further fields of the answer after a code was sent. */
  afterSending(page: KnownPageRequest, proof: OpenProof): { readonly next: string };
  /** Answers if the login ended before its code was sent. Without it, the answer has the outcome `challenge`. */
  answerGone?(page: KnownPageRequest): Promise<void>;
  /** Checks the password of people who have no factor. */
  submitPassword?(page: KnownPageRequest, proof: OpenProof): Promise<void>;
  /** Answers a rejection after which the form is not shown again. Returns false for other rejections. */
  answerEnd(page: KnownPageRequest, rejected: Rejected): Promise<boolean>;
  accept(page: KnownPageRequest, answer: Verified): Promise<void>;
}

export interface Shown {
  readonly refused: Pick<Refusal, 'because' | 'attemptsLeft'> | null;
  readonly status: number;
}

export async function showProof(kind: ProofPage, page: KnownPageRequest): Promise<void> {
  const proof = await kind.open(page);
  if (proof === null) return;
  if (page.json) page.res.json({ ...kind.describe(page, proof), ...(await describePrompt(page, proof)) });
  else await kind.render(page, proof, { refused: null, status: 200 });
}

/** The data of the requested factor for the browser, under the name of its kind. */
async function describePrompt(
  { context, identity }: KnownPageRequest,
  proof: OpenProof,
): Promise<Readonly<Record<string, unknown>>> {
  const { challengeHint } = proof;
  if (challengeHint === null) return {};
  const shown = await readShown(context, { subject: identity.subject, proof, challengeHint });
  return shown === null ? {} : { [challengeHint.kind]: shown.json };
}

export async function submitProof(kind: ProofPage, page: KnownPageRequest): Promise<void> {
  const { context, req, identity } = page;
  const { subject } = identity;
  if (!kind.hasOneForm && subject.challengeHint?.purpose === kind.purpose)
    return prove(kind, page, {
      proof: null,
      submitted: fieldOf(req.body, proofField(subject.challengeHint.kind)),
    });
  const proof = await kind.open(page);
  if (proof === null) return;
  if (proof.decision.password === true && kind.submitPassword !== undefined)
    return kind.submitPassword(page, proof);
  const chosen = kind.hasOneForm ? field(page, 'authenticatorId') : '';
  const challengeHint = await pick(kind, page, { proof, authenticatorId: chosen === '' ? null : chosen });
  if (challengeHint === null) return;
  const submitted = fieldOf(req.body, proofField(challengeHint.kind));
  const isAgain = isSameChallenge(subject, challengeHint);
  if (kind.hasOneForm && submitted === undefined)
    return send(kind, page, { proof, challengeHint, resend: isAgain });
  // The challenge of a factor without a sent code is issued together with its answer.
  if (!isAgain && channelOfKind(challengeHint.kind) === null)
    await askProof(context, { subject, proof, challengeHint, origin: originOf(req), resend: false });
  return prove(kind, withChallengeHint(page, challengeHint), {
    proof: { ...proof, challengeHint },
    submitted,
  });
}

export async function chooseFactor(kind: ProofPage, page: KnownPageRequest): Promise<void> {
  const proof = await kind.open(page);
  if (proof === null) return;
  const challengeHint = await pick(kind, page, { proof, authenticatorId: field(page, 'authenticatorId') });
  if (challengeHint !== null) await send(kind, page, { proof, challengeHint, resend: false });
}

export async function resendCode(kind: ProofPage, page: KnownPageRequest): Promise<void> {
  const proof = await kind.open(page);
  if (proof === null) return;
  const challengeHint = await pick(kind, page, { proof, authenticatorId: null });
  if (challengeHint !== null) await send(kind, page, { proof, challengeHint, resend: true });
}

/** Null if the choice was refused; the response is already sent then. */
async function pick(
  kind: ProofPage,
  page: KnownPageRequest,
  { proof, authenticatorId }: { readonly proof: OpenProof; readonly authenticatorId: string | null },
): Promise<ChallengeHint | null> {
  const picked = pickFactor(proof, authenticatorId);
  if (picked.outcome === 'picked') return picked.challengeHint;
  await showAgain(kind, page, { proof, refusal: toRefusal(picked, proof.gathered.now) });
  return null;
}

function withChallengeHint(page: KnownPageRequest, challengeHint: ChallengeHint): KnownPageRequest {
  updateSessionData(page.req, { challengeHint });
  return { ...page, identity: { ...page.identity, subject: { ...page.identity.subject, challengeHint } } };
}

async function send(
  kind: ProofPage,
  page: KnownPageRequest,
  sending: { readonly proof: OpenProof; readonly challengeHint: ChallengeHint; readonly resend: boolean },
): Promise<void> {
  const { context, req, res, identity } = page;
  const { proof, challengeHint } = sending;
  const outcome = await askProof(context, { ...sending, subject: identity.subject, origin: originOf(req) });
  const asking = withChallengeHint(page, challengeHint);
  if (outcome.outcome === 'gone' && kind.answerGone !== undefined) return kind.answerGone(page);
  if (outcome.outcome === 'not-sent') {
    const refusal = toRefusal(outcome, context.clock.now());
    return showAgain(kind, asking, { proof: { ...proof, challengeHint }, refusal });
  }
  const isSent = outcome.outcome === 'issued' && outcome.sent !== undefined;
  return sendNext(req, res, {
    outcome: isSent ? 'sent' : 'challenge',
    ...kind.afterSending(page, proof),
    ...describeSending(outcome),
    ...(page.json ? await describeShown(context, proof.gathered, outcome) : {}),
  });
}

async function prove(
  kind: ProofPage,
  page: KnownPageRequest,
  { proof, submitted }: { readonly proof: OpenProof | null; readonly submitted: unknown },
): Promise<void> {
  const { context, req, identity } = page;
  const { account, subject } = identity;
  const answer = await answerChallenge(context, {
    account,
    subject,
    purpose: kind.purpose,
    requirement: { kind: 'policy' },
    submitted,
    origin: originOf(req),
    link: proof?.link,
    early: proof === null ? takePrefetchedRecords(req) : undefined,
  });
  if (answer.outcome === 'verified') return kind.accept(page, answer);
  if (await kind.answerEnd(page, answer)) return;
  const refusal = toRefusal(answer, context.clock.now());
  return showAgain(kind, page, { proof: kind.hasOneForm ? proof : null, refusal });
}

/** Answers JSON as it is, or shows the form again with the reason. Without `proof` it is read again, with the current locks. */
function showAgain(
  kind: ProofPage,
  page: KnownPageRequest,
  { proof, refusal }: { readonly proof: OpenProof | null; readonly refusal: Refusal },
): Promise<void> {
  return answerRefusal(page, refusal, async (status) => {
    const shown = proof ?? (await kind.open(page));
    if (shown !== null) await kind.render(page, shown, { refused: refusal, status });
  });
}

function toRefusal(
  refused: Pick<Rejected, 'attemptsLeft' | 'driftSeconds' | 'lockedUntil' | 'retryAfterSeconds'> & {
    readonly because: string;
  },
  now: number,
): Refusal & Pick<Rejected, 'driftSeconds'> {
  const { because, attemptsLeft, driftSeconds, lockedUntil } = refused;
  const wait = lockedUntil === undefined ? refused.retryAfterSeconds : Math.ceil((lockedUntil - now) / 1000);
  return {
    because,
    status: refusalStatus(because),
    ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    ...(driftSeconds === undefined ? {} : { driftSeconds }),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  };
}
