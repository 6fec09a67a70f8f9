import { createTransport } from 'nodemailer';
import { createDelivery } from '../../../src/delivery/delivery';
import type { CodeToSend, DeliveryFailure, DeliveryOptions } from '../../../src/delivery/delivery';
import { smtpEmail } from '../../../src/delivery/smtp-email';
import { resolveBrands } from '../../../src/options/brand';
import { twilioSms } from '../../../src/delivery/twilio-sms';
import { createClock } from '../../support/clock';
import { startSmtpInbox } from '../../support/smtp-inbox';
import { startTwilioApi } from '../../support/twilio-api';
import { translationsIn } from '../../support/translations';

export const code = '204417';
export const phone = '+15005550006';
export const address = 'mary@acme.example';

export const toBoth: CodeToSend = {
  by: 'sms',
  destinations: { sms: phone, email: address },
  code,
  purpose: 'login',
  organizationId: 'acme',
  userName: 'Mary',
};

/** A real mail server and a real Twilio client on the loopback. */
export async function startDeliveryWorld() {
  const [inbox, twilioApi] = await Promise.all([startSmtpInbox(), startTwilioApi()]);
  const transport = createTransport({ url: inbox.url, ignoreTLS: true } as never);
  const failures: DeliveryFailure[] = [];
  const clock = createClock();
  const email = smtpEmail({ transport, from: 'Acme Portal <no-reply@acme.example>' });
  const { authToken } = twilioApi;
  const sms = twilioSms({ client: twilioApi.createClient(), from: '+15005550001', authToken });
  const options: DeliveryOptions = {
    email,
    sms,
    clock,
    translations: translationsIn('en'),
    host: 'portal.acme.example',
    baseUrl: 'https://portal.acme.example',
    brandOf: resolveBrands(undefined, { issuer: 'Acme Portal', onError: () => undefined }),
    smsTimeoutSeconds: 20,
    emailTimeoutSeconds: 20,
    codeSeconds: 300,
    onFailure: (failure) => failures.push(failure),
  };
  return {
    inbox,
    twilioApi,
    transport,
    clock,
    email,
    sms,
    failures,
    deliver: (changed: Partial<DeliveryOptions> = {}) => createDelivery({ ...options, ...changed }),
    async reset() {
      failures.length = 0;
      inbox.mails.clear();
      twilioApi.messages.clear();
      await Promise.all([inbox.accept(), twilioApi.accept()]);
    },
    async stop() {
      transport.close();
      await Promise.all([inbox.stop(), twilioApi.stop()]);
    },
  };
}

export type DeliveryWorld = Awaited<ReturnType<typeof startDeliveryWorld>>;
