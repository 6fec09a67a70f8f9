import { parseEmailAddress } from '../core/address/destination';
import { ConfigurationError } from '../core/errors';
import { checkWhole, type RulesFor } from '../options/option-check';
import { port, someText } from '../options/option-kinds';
import type { EmailSender } from '../options/ports';
import { DeliveryError } from './delivery-error';

/** The part of a nodemailer transport that the package uses. */
export interface MailTransport {
  sendMail(mail: {
    readonly from: { readonly name: string; readonly address: string };
    readonly to: string;
    readonly envelope: { readonly from: string; readonly to: string[] };
    readonly subject: string;
    readonly text: string;
    readonly html: string;
    readonly headers: Record<string, string>;
    readonly disableFileAccess: boolean;
    readonly disableUrlAccess: boolean;
  }): Promise<unknown>;
  verify?(): Promise<unknown>;
}

export interface SmtpEmailOptions {
  /** The result of nodemailer's `createTransport`. Set its `connectionTimeout` and `socketTimeout` to a few seconds. */
  readonly transport: MailTransport;
  /** `no-reply@acme.example` or `Acme Portal <no-reply@acme.example>`. */
  readonly from: string;
}

const RULES = {
  transport: {
    ...port(
      'a transport of nodemailer',
      'transport: nodemailer.createTransport(process.env.SMTP_URL)',
      ['sendMail'],
      ['verify'],
    ),
    required: true,
  },
  from: { ...someText('an email address', "from: 'Acme Portal <no-reply@acme.example>'"), required: true },
} satisfies RulesFor<SmtpEmailOptions>;

function parseSender(from: string): { readonly name: string; readonly address: string } {
  const [, quoted = '', bracketed] = /^([^<>]*)<([^<>]+)>\s*$/.exec(from) ?? [];
  const parsed = parseEmailAddress(bracketed ?? from);
  const name = quoted.trim().replaceAll(/^"|"$/g, '');
  if (parsed.outcome === 'parsed' && !/[\p{Cc}"]/u.test(name)) return { name, address: parsed.address };
  throw new ConfigurationError(
    'from',
    `it is not an email address. Write 'no-reply@acme.example' or 'Acme Portal <no-reply@acme.example>'.`,
  );
}

/** The error of a transport contains the address and sometimes the message, so only its codes are kept. */
function toDeliveryError(error: unknown): DeliveryError {
  const read = (name: string) =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const responseCode: unknown = read('responseCode');
  const code: unknown = read('code');
  // The server uses the same codes if it refuses the sender's address.
  const isOfRecipient = code === 'EENVELOPE' && read('command') !== 'MAIL FROM';
  if (isOfRecipient && typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600) {
    return new DeliveryError('destination-refused', `The mail server refused the address (${responseCode}).`);
  }
  const details = [code, responseCode].filter(
    (detail) => typeof detail === 'string' || typeof detail === 'number',
  );
  const end = responseCode === undefined ? endOfConnection(error) : null;
  if (end === 'timed-out')
    return new DeliveryError('timed-out', `The mail server did not answer (${details.join(' ')}).`);
  return new DeliveryError('provider-failed', `The mail server could not be used (${details.join(' ')}).`, {
    mayArrive: end !== null,
  });
}

/**
 * How an established connection ended, after which the server may have accepted the mail. nodemailer uses the same codes if the
 * connection could not be made. Before version 10, only the message distinguishes the timeouts.
 */
function endOfConnection(error: unknown): 'timed-out' | 'connection-lost' | null {
  if (!(error instanceof Error) || Reflect.get(error, 'syscall') === 'connect') return null;
  const code: unknown = Reflect.get(error, 'code');
  const timeout: unknown = Reflect.get(error, 'timeoutType') ?? error.message;
  if (code === 'ETIMEDOUT') return timeout === 'SOCKET_TIMEOUT' || timeout === 'Timeout' ? 'timed-out' : null;
  const isLost = code === 'ECONNECTION' && error.message === 'Connection closed unexpectedly';
  return isLost || (code === 'ESOCKET' && /ECONNRESET|EPIPE/.test(error.message)) ? 'connection-lost' : null;
}

/**
 * Sends email through the host's nodemailer transport. Throws {@link ConfigurationError} if an option is unknown or invalid.
 *
 * @example
 * const email = smtpEmail({ transport: nodemailer.createTransport(process.env.SMTP_URL), from: 'no-reply@acme.example' });
 */
export function smtpEmail(options: SmtpEmailOptions): EmailSender {
  checkWhole('options', options, RULES, 'smtpEmail({ transport, from })');
  const { transport, from } = options;
  const sender = parseSender(from);
  return {
    async send({ to, subject, text, html }, signal) {
      const parsed = parseEmailAddress(to);
      if (parsed.outcome === 'refused') {
        throw new DeliveryError('destination-refused', 'The address is not one plain email address.');
      }
      signal.throwIfAborted();
      const sending = transport.sendMail({
        from: sender,
        to: parsed.address,
        // nodemailer would read further addresses from the header. The server delivers only to the envelope.
        envelope: { from: sender.address, to: [parsed.address] },
        subject,
        text,
        html,
        // Prevents automatic replies that quote the code (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await sending;
      } catch (error) {
        throw toDeliveryError(error);
      }
    },

    async check() {
      try {
        await transport.verify?.();
      } catch (error) {
        throw toDeliveryError(error);
      }
    },
  };
}
