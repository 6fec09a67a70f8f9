import type { PlainSecret } from '../../core/proof/secrets';
import { totpUri } from '../../core/proof/totp';
import { toString as drawQrCode } from 'qrcode';
import { startTotpEnrollment, findEnrollment } from '../../flows/enrollment/enroll';
import { type KnownPageRequest, pathOf } from '../kernel/page-route';
import { withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { startOver } from './login';
import type { EnrollmentDoor } from './wizard';

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

export function uriOf(page: KnownPageRequest, secret: PlainSecret): string {
  const { account } = page.visitor;
  return totpUri({ issuer: page.context.options.issuer, account: account.email ?? account.username, secret });
}
