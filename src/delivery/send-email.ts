import { parseEmailAddress } from '../core/email-address';
import type { EmailSender } from '../ports';
import { DeliveryError } from './delivery-error';
import type { Mail } from './notice';
import { renderEmail } from './render-email';
import { withTimeLimit } from './time-limit';

/** Renders one mail and sends it to one address, within a bounded time. Rejects where it did not go out. */
export async function sendEmail(
  sender: EmailSender | null,
  sent: {
    readonly to: string;
    readonly mail: Mail;
    readonly timeoutSeconds: number;
    readonly viewsPath: string | undefined;
    /** Told where the sender was given up on and took the mail all the same. */
    readonly onLate?: () => void;
  },
): Promise<void> {
  const { to, mail, timeoutSeconds, viewsPath, onLate } = sent;
  if (sender === null) throw new DeliveryError('provider-failed', 'There is no email sender.');
  const parsed = parseEmailAddress(to);
  if (parsed.outcome === 'refused') {
    throw new DeliveryError('destination-refused', 'The address is not one plain email address.');
  }
  const content = await renderEmail(mail.name, mail.locals, viewsPath);
  const message = { to: parsed.address, ...content };
  await withTimeLimit(timeoutSeconds, (signal) => sender.send(message, signal), onLate);
}
