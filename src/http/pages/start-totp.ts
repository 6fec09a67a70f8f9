import type { PlainSecret } from '../../core/proof/secrets';
import { totpUri } from '../../core/proof/totp';
import { toString as drawQrCode } from 'qrcode';
import { startTotpEnrollment, findEnrollment } from '../../flows/enrollment/enroll';
import { type KnownPageRequest, pathOf } from '../kernel/page-route';
import { withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { startOver } from './login';
import type { EnrollmentPermission } from './wizard';

/** Makes the secret and shows it: as a page, or in the answer. */
export async function startTotp(
  page: KnownPageRequest,
  permission: Pick<EnrollmentPermission, 'gathered' | 'pendingUntil'>,
): Promise<void> {
  const { context, identity, req, res, json } = page;
  const { gathered, pendingUntil } = permission;
  const start = await startTotpEnrollment(context, { subject: identity.subject, gathered, pendingUntil });
  if (start.outcome !== 'started') return startOver(page, { because: 'challenge-expired', status: 409 });
  const next = withReturnTo(pathOf(page, '/enroll/totp'), page.returnTo);
  const started = json ? await findEnrollment(context, identity.subject, 'totp') : undefined;
  if (started === undefined) return sendNext(req, res, { outcome: 'enrollment-started', next });
  const uri = uriOf(page, started.secret);
  const qrSvg = await drawQrCode(uri, { type: 'svg' });
  return sendNext(req, res, {
    outcome: 'enrollment-started',
    next,
    totp: { secret: started.secret.reveal(), uri, qrSvg },
  });
}

export function uriOf(page: KnownPageRequest, secret: PlainSecret): string {
  const { account } = page.identity;
  return totpUri({ issuer: page.context.options.issuer, account: account.email ?? account.username, secret });
}
