import type { Router } from 'express';
import { toString as drawQrCode } from 'qrcode';
import { formatSecret, totpUri } from '../../core/totp';
import type { PlainSecret } from '../../core/plain-secret';
import { findEnrollment, startTotpEnrollment } from '../../flows/enroll';
import { gatherFacts } from '../../flows/gather-facts';
import type { HttpContext } from '../http-context';
import { drawQrPath } from '../qr-path';
import { sendNext } from '../respond';
import { withReturnTo } from '../return-to';
import { readSlot, updateSlot } from '../session-slot';
import { errorText } from './challenge-view';
import { confirmAndGoOn } from './confirm-enrollment';
import { describeAddition } from './describe-addition';
import { openEnrollment } from './enrollment-door';
import type { EnrollmentDoor } from './enrollment-door';
import { startOver } from './login';
import { knownPageRoute, pathOf, show } from './page-route';
import type { KnownPageRequest } from './page-route';
import { progressAt } from './wizard-progress';

export function addTotpRoutes(router: Router, context: HttpContext): void {
  router.get('/enroll/totp', knownPageRoute(context, showTotp));
  router.post('/enroll/totp', knownPageRoute(context, beginTotp));
  router.post('/enroll/totp/confirm', knownPageRoute(context, confirmTotp));
}

async function showTotp(page: KnownPageRequest): Promise<void> {
  const door = await openEnrollment(page, 'totp');
  if (door === null) return;
  const started = await findEnrollment(page.context, page.visitor.bearer, 'totp');
  if (page.json) {
    page.res.json({ outcome: 'enroll', next: pathOf(page, '/enroll/totp'), started: started !== undefined });
    return;
  }
  if (started === undefined) {
    const backupPhone = wantsBackupPhone(page, door);
    const inSettings = door.because === 'settings';
    const progress = inSettings ? null : progressAt('install', { kind: 'totp', backupPhone });
    await show(page, 'enroll-app-install', { progress, cancelPath: wayBack(page, inSettings) });
    return;
  }
  await renderTotp(page, { secret: started.secret, error: null, clockIsOff: false, status: 200 });
}

/** Out of the settings' forms and out of the wizard's. */
function wayBack(page: KnownPageRequest, inSettings: boolean): string {
  return inSettings ? pathOf(page, '/settings') : withReturnTo(pathOf(page, '/enroll'), page.returnTo);
}

/** The policy asks for a phone beside the app, and the person has none enrolled. */
function wantsBackupPhone(page: KnownPageRequest, { gathered }: EnrollmentDoor): boolean {
  const { policy, availableKinds, authenticators } = gathered.facts;
  const { wizard } = readSlot(page.req);
  if (wizard?.backupPhone === 'done') return true;
  const possible = policy.methods.includes('sms') && availableKinds.includes('sms');
  return policy.backupPhone && possible && !authenticators.some(({ kind }) => kind === 'sms');
}

async function beginTotp(page: KnownPageRequest): Promise<void> {
  const door = await openEnrollment(page, 'totp');
  if (door === null) return;
  const { req, res } = page;
  if (wantsBackupPhone(page, door) && readSlot(req).wizard?.backupPhone !== 'done') {
    updateSlot(req, { wizard: { kind: 'totp', backupPhone: 'asked' } });
    return sendNext(req, res, {
      outcome: 'enroll',
      because: 'backup-phone',
      anyOf: ['sms'],
      next: withReturnTo(pathOf(page, '/enroll/sms'), page.returnTo),
    });
  }
  return startTotp(page, door);
}

/** Makes the secret and shows it: as a page, or in the answer. */
export async function startTotp(
  page: KnownPageRequest,
  door: Pick<EnrollmentDoor, 'gathered' | 'pendingUntil'>,
): Promise<void> {
  const { context, visitor, req, res, json } = page;
  const { gathered, pendingUntil } = door;
  const start = await startTotpEnrollment(context, { bearer: visitor.bearer, gathered, pendingUntil });
  if (start.outcome !== 'started') return startOver(page, { because: 'challenge-expired', status: 409 });
  const next = withReturnTo(pathOf(page, '/enroll/totp'), page.returnTo);
  const started = json ? await findEnrollment(context, visitor.bearer, 'totp') : undefined;
  if (started === undefined) return sendNext(req, res, { outcome: 'enrollment-started', next });
  const uri = uriOf(page, started.secret);
  const qrSvg = await drawQrCode(uri, { type: 'svg' });
  return sendNext(req, res, {
    outcome: 'enrollment-started',
    next,
    totp: { secret: started.secret.reveal(), uri, qrSvg },
  });
}

function uriOf(page: KnownPageRequest, secret: PlainSecret): string {
  const { account } = page.visitor;
  return totpUri({ issuer: page.context.options.issuer, account: account.email ?? account.username, secret });
}

async function renderTotp(
  page: KnownPageRequest,
  view: {
    readonly secret: PlainSecret;
    readonly error: string | null;
    readonly clockIsOff: boolean;
    readonly status: number;
  },
): Promise<void> {
  const { secret, error, clockIsOff, status } = view;
  const uri = uriOf(page, secret);
  const { context, visitor } = page;
  const gathered = await gatherFacts(context, visitor.account, visitor.bearer);
  const addition = describeAddition(page, gathered, 'totp');
  const backupPhone = readSlot(page.req).wizard?.backupPhone === 'done';
  await show(
    page,
    'enroll-app',
    {
      qr: drawQrPath(uri),
      keyGroups: formatSecret(secret).split(' '),
      uri,
      error,
      clockIsOff,
      suggestedLabel: addition?.suggestedLabel ?? null,
      offerEndOthers: addition !== null,
      cancelPath: wayBack(page, addition !== null),
      progress: addition === null ? progressAt('scan', { kind: 'totp', backupPhone }) : null,
    },
    status,
  );
}

async function confirmTotp(page: KnownPageRequest): Promise<void> {
  await confirmAndGoOn(page, 'totp', async (refusal, status) => {
    const started = await findEnrollment(page.context, page.visitor.bearer, 'totp');
    if (started === undefined) return page.res.redirect(303, pathOf(page, '/enroll/totp'));
    const clockIsOff = refusal.because === 'clock-off';
    return renderTotp(page, {
      secret: started.secret,
      error: errorText(refusal, 'totp'),
      clockIsOff,
      status,
    });
  });
}
