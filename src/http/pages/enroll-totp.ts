import type { Router } from 'express';
import { create } from 'qrcode';
import type { PlainSecret } from '../../core/proof/secrets';
import { formatSecret } from '../../core/proof/totp';
import { gatherFacts } from '../../flows/context/gather-facts';
import { findEnrollment } from '../../flows/enrollment/enroll';
import type { HttpContext } from '../kernel/http-context';
import { knownPageRoute, pathOf, show, type KnownPageRequest } from '../kernel/page-route';
import { withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { errorText } from './challenge-view';
import { confirmAndGoOn } from './confirm-enrollment';
import { startTotp, uriOf } from './start-totp';
import { describeAddition, openEnrollment, progressAt, type EnrollmentPermission } from './wizard';

const QUIET_ZONE_MODULES = 4;

/**
 * Draws a QR code as the data of one SVG path, so that a template can put it into an attribute and escape it like any
 * other value. `size` is the side of the square in modules, with the quiet zone that ISO/IEC 18004 asks for.
 */
export function drawQrPath(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue;
      let run = 1;
      while (column + run < modules.size && modules.get(row, column + run) !== 0) run += 1;
      path += `M${column + QUIET_ZONE_MODULES} ${row + QUIET_ZONE_MODULES}h${run}v1h-${run}z`;
      column += run;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE_MODULES, path };
}

export function addTotpRoutes(router: Router, context: HttpContext): void {
  router.get('/enroll/totp', knownPageRoute(context, showTotp));
  router.post('/enroll/totp', knownPageRoute(context, beginTotp));
  router.post('/enroll/totp/confirm', knownPageRoute(context, confirmTotp));
}

async function showTotp(page: KnownPageRequest): Promise<void> {
  const permission = await openEnrollment(page, 'totp');
  if (permission === null) return;
  const started = await findEnrollment(page.context, page.identity.subject, 'totp');
  if (page.json) {
    page.res.json({ outcome: 'enroll', next: pathOf(page, '/enroll/totp'), started: started !== undefined });
    return;
  }
  if (started === undefined) {
    const backupPhone = wantsBackupPhone(page, permission);
    const inSettings = permission.because === 'settings';
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
function wantsBackupPhone(page: KnownPageRequest, { gathered }: EnrollmentPermission): boolean {
  const { policy, availableKinds, authenticators } = gathered.facts;
  const { wizard } = readSessionData(page.req);
  if (wizard?.backupPhone === 'done') return true;
  const possible = policy.methods.includes('sms') && availableKinds.includes('sms');
  return policy.backupPhone && possible && !authenticators.some(({ kind }) => kind === 'sms');
}

async function beginTotp(page: KnownPageRequest): Promise<void> {
  const permission = await openEnrollment(page, 'totp');
  if (permission === null) return;
  const { req, res } = page;
  if (wantsBackupPhone(page, permission) && readSessionData(req).wizard?.backupPhone !== 'done') {
    updateSessionData(req, { wizard: { kind: 'totp', backupPhone: 'asked' } });
    return sendNext(req, res, {
      outcome: 'enroll',
      because: 'backup-phone',
      anyOf: ['sms'],
      next: withReturnTo(pathOf(page, '/enroll/sms'), page.returnTo),
    });
  }
  return startTotp(page, permission);
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
  const { context, identity } = page;
  const gathered = await gatherFacts(context, identity.account, identity.subject);
  const addition = describeAddition(page, gathered, 'totp');
  const backupPhone = readSessionData(page.req).wizard?.backupPhone === 'done';
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
    const started = await findEnrollment(page.context, page.identity.subject, 'totp');
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
