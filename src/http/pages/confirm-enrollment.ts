import { decide } from '../../core/decide';
import type { EnrollableKind } from '../../core/factor-kind';
import { PlainSecret } from '../../core/plain-secret';
import { sealSecret } from '../../core/sealed-secret';
import { confirmEnrollment } from '../../flows/confirm-enrollment';
import type { Confirmation } from '../../flows/confirm-enrollment';
import { describeDecision } from '../describe-login';
import { originOf } from '../origin';
import { refusalStatus } from '../refusal-status';
import { sendNext } from '../respond';
import type { Refusal } from '../respond';
import { fieldOf, withReturnTo } from '../return-to';
import { readSlot, updateSlot } from '../session-slot';
import type { MfaSlot } from '../session-slot';
import { startTotp } from './enroll-totp';
import { finishProof } from './finish-login';
import { startOver } from './login';
import { answerRefusal, field, pathOf, refuse } from './page-route';
import type { KnownPageRequest } from './page-route';

const LABELS: Readonly<Record<EnrollableKind, string>> = {
  totp: 'Authenticator app',
  sms: 'Phone',
  email: 'Email',
};
const LONGEST_LABEL = 60;

/** What a person calls an authenticator: one line, or the name of its kind. */
export function labelOf(page: KnownPageRequest, kind: EnrollableKind): string {
  const label = field(page, 'label')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_LABEL);
  return label === '' ? LABELS[kind] : label;
}

/** The first right code binds the authenticator; then the wizard, the login or the session goes on. */
export async function confirmAndGoOn(
  page: KnownPageRequest,
  kind: EnrollableKind,
  showAgain: (refusal: Refusal, status: number) => Promise<void> | void,
): Promise<void> {
  const { context, req, visitor } = page;
  const { wizard } = readSlot(req);
  const confirmation = await confirmEnrollment(context, {
    account: visitor.account,
    bearer: visitor.bearer,
    kind,
    submitted: fieldOf(req.body, 'code'),
    label: labelOf(page, kind),
    wizardUnderWay: wizard !== undefined,
    origin: originOf(req),
  });
  if (confirmation.outcome === 'rejected') {
    const { because, attemptsLeft } = confirmation;
    const refusal = {
      because,
      status: refusalStatus(because),
      ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    };
    if (because === 'attempts-exhausted' || because === 'session-ended') return startOver(page, refusal);
    return answerRefusal(page, refusal, async (status) => showAgain(refusal, status));
  }
  if (kind === 'sms' && wizard?.backupPhone === 'asked') return goOnToApp(page, confirmation);
  return finish(page, confirmation);
}

type Enrolled = Confirmation & { readonly outcome: 'enrolled' };

/** The backup phone is bound; the wizard goes on to the app it was meant for. */
async function goOnToApp(page: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { context, req, visitor } = page;
  const { bearer } = visitor;
  const { evidence, gathered } = enrolled;
  const { session, login } = readSlot(req);
  if (bearer.standing === 'pending') {
    await context.state.savePendingEvidence(bearer.userId, bearer.ownerId, evidence);
  } else if (session !== undefined) {
    updateSlot(req, { session: { ...session, evidence } });
  }
  updateSlot(req, { wizard: { kind: 'totp', backupPhone: 'done' }, ...unshown(page, enrolled) });
  return startTotp(page, { gathered, pendingUntil: login?.expiresAt ?? null });
}

async function finish(page: KnownPageRequest, enrolled: Enrolled): Promise<void> {
  const { context, req, res, visitor, json, returnTo } = page;
  const { kind, evidence, gathered, maskedDestination, notified, recoveryCodes } = enrolled;
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  const kept = { ...(json ? {} : unshown(page, enrolled)), enrolled: { kind, maskedDestination, notified } };
  const unshownCodes = kept.unshownCodes ?? readSlot(req).unshownCodes;
  if (decision.outcome === 'enroll' && visitor.bearer.standing === 'pending') {
    await context.state.savePendingEvidence(visitor.bearer.userId, visitor.bearer.ownerId, evidence);
    updateSlot(req, { ...kept, wizard: undefined });
    return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
  }
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return refuse(page, decision);
  updateSlot(req, { wizard: undefined });
  await finishProof(page, {
    evidence,
    gathered,
    change: { ...kept, ...(unshownCodes === undefined ? {} : { unshownCodes }) },
  });
  const showsCodes = unshownCodes !== undefined;
  return sendNext(req, res, {
    outcome: 'enrolled',
    next: withReturnTo(pathOf(page, showsCodes ? '/enroll/recovery-codes' : '/enroll/done'), returnTo),
    kind,
    notified,
    ...(json && recoveryCodes !== null ? { recoveryCodes } : {}),
  });
}

/** New codes wait sealed in the session for the page that shows them once. */
export function unshown(
  page: KnownPageRequest,
  { recoveryCodes }: Pick<Enrolled, 'recoveryCodes'>,
): Pick<MfaSlot, 'unshownCodes'> {
  if (recoveryCodes === null) return {};
  const binding = {
    userId: page.visitor.account.id,
    authenticatorId: 'recovery-codes',
    kind: 'totp',
  } as const;
  return {
    unshownCodes: sealSecret(page.context.keyRing, new PlainSecret(recoveryCodes.join('\n')), binding),
  };
}
