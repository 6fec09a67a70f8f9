import type { Router } from 'express';
import { handleUndelivered } from '../../flows/challenge/resend-by-email';
import type { HttpContext } from '../kernel/http-context';

/** The path below `pagesPath` where the provider reports the status of messages. */
export const SMS_STATUS_PATH = '/sms-status';

/** Its signature replaces the CSRF token. A report about a used code changes nothing and gets the same answer. */
export function addSmsStatusRoute(router: Router, context: HttpContext): void {
  const { sms, baseUrl, pagesPath } = context.options;
  if (sms?.readStatus === undefined) return;
  const readStatus = sms.readStatus.bind(sms);
  router.post(SMS_STATUS_PATH, function receiveSmsStatus(req, res, next) {
    const body = stringFields(req.body);
    const url = `${baseUrl}${pagesPath}${SMS_STATUS_PATH}`;
    const status = readStatus({ url, signature: req.get('x-twilio-signature'), body });
    if (status === 'refused') {
      res.status(403).end();
      return;
    }
    const handled = status.undelivered ? handleUndelivered(context, status.messageId) : Promise.resolve();
    handled.then(() => res.status(204).end(), next);
  });
}

function stringFields(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
