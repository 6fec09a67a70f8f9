import { decide } from '../../core/decision/decide';
import type { EnrollableKind } from '../../core/member/factor-kind';
import {
  confirmEnrollment,
  type Confirmation,
  type ConfirmationRequest,
} from '../../flows/enrollment/confirm-enrollment';
import { administeredBy } from '../admin/administered-policy';
import { answerRefusal, pathOf, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf, wantsOthersEnded, withReturnTo } from '../kernel/request';
import { sendNext, type Refusal } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { describeDecision } from '../sign-in/attempt-login';
import { finishProof } from './finish-login';
import { startOver } from './login';
import { unseenCodesPath } from './recovery-codes';
import { labelOf } from './settings-acts';
import { startTotp } from './start-totp';
import { progressAt } from './wizard';

/** The first right code binds the authenticator; then the wizard, the login or the session goes on. */
export async function confirmAndGoOn(
  page: KnownPageRequest,
  kind: EnrollableKind,
  showAgain: (refusal: Refusal, status: number) => Promise<void> | void,
): Promise<void> {
  const { req, identity } = page;
  const { wizard, replacing } = readSessionData(req);
  const confirmation = await confirm(page, {
    account: identity.account,
    subject: identity.subject,
    kind,
    submitted: fieldOf(req.body, 'code'),
    label: labelOf(page, kind),
    wizardUnderWay: wizard !== undefined,
    ...(replacing === undefined ? {} : { replaces: replacing }),
    endOthers: wantsOthersEnded(req.body),
    origin: originOf(req),
    findAdministered: administeredBy(page),
  });
  if (confirmation.outcome === 'rejected') {
    const { because, attemptsLeft, retryAfterSeconds } = confirmation;
    const refusal = {
      because,
      status: refusalStatus(because),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    };
    if (because === 'attempts-exhausted' || because === 'session-ended') return stop(page, refusal);
    // A form with no try left would only be refused once more.
    if (attemptsLeft === 0 && !page.json)
      return stop(page, { because: 'attempts-exhausted', status: refusal.status });
    return answerRefusal(page, refusal, async (status) => showAgain(refusal, status));
  }
  if (kind === 'sms' && wizard?.backupPhone === 'asked') return goOnToApp(page, confirmation);
  return finish(page, confirmation);
}

/** After a failure the factor may be bound all the same; its new codes are then looked for at the next proof. */
async function confirm(page: KnownPageRequest, request: ConfirmationRequest): Promise<Confirmation> {
  const noteCodes = () => (page.json ? undefined : updateSessionData(page.req, { unseenCodes: true }));
  try {
    const confirmation = await confirmEnrollment(page.context, request);
    if (confirmation.outcome === 'enrolled' && confirmation.recoveryCodes !== null) noteCodes();
    return confirmation;
  } catch (error) {
    noteCodes();
    throw error;
  }
}

/** This enrollment is over: half a login starts from the password, a session goes on and can begin anew. */
async function stop(page: KnownPageRequest, refusal: Refusal): Promise<void> {
  if (page.identity.subject.phase === 'pending') return startOver(page, refusal);
  const exhausted = refusal.because === 'attempts-exhausted';
  const paragraph = exhausted
    ? 'Those were five wrong tries. Wait ten minutes, then start again.'
    : 'This took too long. Prove it is you once more, then start again.';
  const message = {
    tone: 'attention',
    heading: 'Not set up',
    paragraphs: [paragraph],
    retryAt: null,
    action: exhausted
      ? { label: 'Back to my settings', path: pathOf(page, '/settings') }
      : { label: 'Start again', path: pathOf(page, '/enroll') },
    secondary: null,
  } as const;
  return answerRefusal(page, refusal, (status) => show(page, 'message', message, status));
}

type Enrolled = Confirmation & { readonly outcome: 'enrolled' };

/** The backup phone is bound; the wizard goes on to the app it was meant for. */
async function goOnToApp(page: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { req, identity } = page;
  const { subject } = identity;
  const { evidence, gathered, epochs } = enrolled;
  const { session, login } = readSessionData(req);
  if (subject.phase === 'pending') {
    await goOnPending(page, enrolled);
  } else if (session !== undefined) {
    updateSessionData(req, { session: { ...session, evidence, userEpoch: epochs.user } });
  }
  updateSessionData(req, { wizard: { kind: 'totp', backupPhone: 'done' } });
  return startTotp(page, { gathered, pendingUntil: login?.expiresAt ?? null });
}

/** The login goes on with one more proof, and outlives what ended the others. */
async function goOnPending({ context, req, identity }: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { evidence, epochs } = enrolled;
  const { login } = readSessionData(req);
  await context.state.savePendingEvidence(identity.subject.userId, identity.subject.ownerId, evidence);
  if (login !== undefined) updateSessionData(req, { login: { ...login, epochs } });
}

async function finish(page: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { context, req, res, identity, json, returnTo } = page;
  const { kind, evidence, gathered, maskedDestination, notified, recoveryCodes, epochs } = enrolled;
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  // Recovery codes are made with the first factor, and the wizard is what leads to it.
  const backupPhone = readSessionData(req).wizard?.backupPhone === 'done';
  const steps =
    recoveryCodes === null && !backupPhone ? null : (progressAt('done', { kind, backupPhone })?.of ?? null);
  const { unseenCodes } = readSessionData(req);
  const kept = {
    ...(unseenCodes === undefined ? {} : { unseenCodes }),
    enrolled: { kind, maskedDestination, notified, steps },
  };
  if (decision.outcome === 'enroll' && identity.subject.phase === 'pending') {
    await goOnPending(page, enrolled);
    updateSessionData(req, { ...kept, wizard: undefined });
    return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
  }
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return refuse(page, decision);
  updateSessionData(req, { wizard: undefined, replacing: undefined, onboarding: undefined });
  await finishProof(page, { evidence, gathered, epochs, change: kept });
  const codes = await unseenCodesPath(page, gathered, returnTo);
  return sendNext(req, res, {
    outcome: 'enrolled',
    next: codes ?? withReturnTo(pathOf(page, '/enroll/done'), returnTo),
    kind,
    notified,
    ...(json && recoveryCodes !== null ? { recoveryCodes } : {}),
  });
}
