import type { FactorKind } from '../../core/member/factor-kind';
import { BACKUP_PHONE_KIND, proofField } from '../../factors/find-factor';
import {
  confirmEnrollment,
  type Confirmation,
  type ConfirmationRequest,
} from '../../flows/enrollment/confirm-enrollment';
import { showEnrollment, startEnrollment } from '../../flows/enrollment/enroll';
import { administeredBy } from '../admin/admin-options';
import { answerRefusal, field, pathOf, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf, wantsOthersEnded, withReturnTo } from '../kernel/request';
import { describeDecision, sendNext, type Refusal } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { finishProof } from './finish-login';
import { startOver } from './login';
import { unseenCodesPath } from './recovery-codes';
import { typedLabel } from './settings';
import { progressAt, type EnrollmentPermission } from './wizard';

/** The first right code binds the authenticator; then the wizard, the login or the session continues. */
export async function confirmAndContinue(
  page: KnownPageRequest,
  kind: FactorKind,
  showAgain: (refusal: Refusal, status: number) => Promise<void> | void,
): Promise<void> {
  const { req, identity } = page;
  const { wizard, replacing } = readSessionData(req);
  const confirmation = await confirm(page, {
    account: identity.account,
    subject: identity.subject,
    kind,
    submitted: fieldOf(req.body, proofField(kind)),
    label: typedLabel(page),
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
    // Without attempts left, the form would only be refused again.
    if (attemptsLeft === 0 && !page.json)
      return stop(page, { because: 'attempts-exhausted', status: refusal.status });
    return answerRefusal(page, refusal, async (status) => showAgain(refusal, status));
  }
  if (kind === BACKUP_PHONE_KIND && wizard?.backupPhone === 'asked')
    return continueAfterBackup(page, confirmation, wizard.kind);
  return finish(page, confirmation);
}

/** The factor may be bound despite an error. Its new codes are then looked up at the next proof. */
async function confirm(page: KnownPageRequest, request: ConfirmationRequest): Promise<Confirmation> {
  const recordUnseenCodes = () =>
    page.json ? undefined : updateSessionData(page.req, { unseenCodes: true });
  try {
    const confirmation = await confirmEnrollment(page.context, request);
    if (confirmation.outcome === 'enrolled' && confirmation.recoveryCodes !== null) recordUnseenCodes();
    return confirmation;
  } catch (error) {
    recordUnseenCodes();
    throw error;
  }
}

/** Ends this enrollment. A pending login starts again at the password; a session can start a new enrollment. */
async function stop(page: KnownPageRequest, refusal: Refusal): Promise<void> {
  const { t } = page.translator;
  const exhausted = refusal.because === 'attempts-exhausted';
  if (page.identity.subject.phase === 'pending')
    return startOver(page, { ...refusal, ...(exhausted ? { reason: 'setup-attempts-exhausted' } : {}) });
  const message = {
    tone: 'attention',
    heading: t('enroll.stopped.heading'),
    paragraphs: [t(exhausted ? 'enroll.stopped.exhausted' : 'enroll.stopped.timedOut')],
    retryAt: null,
    action: exhausted
      ? { label: t('enroll.stopped.toSettings'), path: pathOf(page, '/settings') }
      : { label: t('enroll.stopped.again'), path: pathOf(page, '/enroll') },
    secondary: null,
  } as const;
  return answerRefusal(page, refusal, (status) => show(page, 'message', message, status));
}

type Enrolled = Confirmation & { readonly outcome: 'enrolled' };

/** The backup phone is bound; the wizard continues with the method that the phone is the backup for. */
async function continueAfterBackup(
  page: KnownPageRequest,
  enrolled: Enrolled,
  kind: FactorKind,
): Promise<void> {
  const { req, identity } = page;
  const { subject } = identity;
  const { evidence, gathered, epochs } = enrolled;
  const { session, login } = readSessionData(req);
  if (subject.phase === 'pending') {
    updatePendingEpochs(page, enrolled);
  } else if (session !== undefined) {
    updateSessionData(req, { session: { ...session, evidence, userEpoch: epochs.user } });
  }
  updateSessionData(req, { wizard: { kind, backupPhone: 'done' } });
  return startAndShow(page, kind, { gathered, pendingUntil: login?.expiresAt ?? null });
}

/** Starts the enrollment. Its data is shown on the next page, or returned as JSON. */
export async function startAndShow(
  page: KnownPageRequest,
  kind: FactorKind,
  permission: Pick<EnrollmentPermission, 'gathered' | 'pendingUntil'>,
): Promise<void> {
  const { context, identity, req, res, json } = page;
  const { gathered, pendingUntil } = permission;
  const variant = field(page, 'variant');
  const request = { subject: identity.subject, gathered, pendingUntil, kind, variant };
  const start = await startEnrollment(context, request);
  if (start.outcome === 'gone') return startOver(page, { because: 'challenge-expired', status: 409 });
  const next = withReturnTo(pathOf(page, `/enroll/${kind}`), page.returnTo);
  if (!json) return sendNext(req, res, { outcome: 'enrollment-started', next });
  const shown = await showEnrollment(context, gathered, start);
  return sendNext(req, res, { outcome: 'enrollment-started', next, [kind]: shown.json });
}

/** Updates the epochs of the pending login, because the enrollment ended other sessions and logins. */
function updatePendingEpochs({ req }: KnownPageRequest, { epochs }: Enrolled): void {
  const { login } = readSessionData(req);
  if (login !== undefined) updateSessionData(req, { login: { ...login, epochs } });
}

async function finish(page: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { context, req, res, identity, json, returnTo } = page;
  const { kind, evidence, gathered, decision, maskedDestination, notified, recoveryCodes, epochs } = enrolled;
  // Recovery codes come with the first factor, which is always set up in the wizard.
  const backupPhone = readSessionData(req).wizard?.backupPhone === 'done';
  const steps =
    recoveryCodes === null && !backupPhone ? null : (progressAt('done', { kind, backupPhone })?.of ?? null);
  const { unseenCodes } = readSessionData(req);
  const kept = {
    ...(unseenCodes === undefined ? {} : { unseenCodes }),
    enrolled: { kind, maskedDestination, notified, steps },
  };
  if (decision.outcome === 'enroll' && identity.subject.phase === 'pending') {
    updatePendingEpochs(page, enrolled);
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
