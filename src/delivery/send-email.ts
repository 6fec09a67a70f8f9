import { parseEmailAddress } from '../core/email-address';
import type { EmailSender } from '../ports';
import { DeliveryError } from './delivery-error';
import type { Mail } from './notice';
import { renderEmail } from './render-email';
import { withTimeLimit } from './time-limit';

/** Renders one mail and sends it to one address, within a bounded time. Rejects where it did not go out. */
export async function sendEmail(
  sender: EmailSender | null,
  { to, mail, timeoutSeconds }: { readonly to: string; readonly mail: Mail; readonly timeoutSeconds: number },
): Promise<void> {
  if (sender === null) throw new DeliveryError('provider-failed', 'There is no email sender.');
  const parsed = parseEmailAddress(to);
  if (parsed.outcome === 'refused') {
    throw new DeliveryError('destination-refused', 'The address is not one plain email address.');
  }
  const content = await renderEmail(mail.name, mail.locals);
  await withTimeLimit(timeoutSeconds, (signal) => sender.send({ to: parsed.address, ...content }, signal));
}
