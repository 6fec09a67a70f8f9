import { once } from 'node:events';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { createArrivals, type Arrivals } from './arrivals';
import { findFreePort } from './free-port';

export interface ReceivedMail {
  readonly envelopeFrom: string;
  /** Where the server was told to deliver, which is what counts, not the header. */
  readonly envelopeTo: readonly string[];
  readonly subject: string;
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
}

export interface SmtpInbox {
  /** For nodemailer's `createTransport`. The same through every change of mode. */
  readonly url: string;
  readonly mails: Arrivals<ReceivedMail>;
  accept(): Promise<void>;
  /** Answers 550 to every recipient. */
  refuse(): Promise<void>;
  /** Takes the connection and the sender, then says nothing more. */
  hang(): Promise<void>;
  /** Nobody listens. */
  down(): Promise<void>;
  stop(): Promise<void>;
}

type Mode = 'accept' | 'refuse' | 'hang';

async function readMail(stream: AsyncIterable<Buffer>): Promise<Omit<ReceivedMail, `envelope${string}`>> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  return {
    subject: mail.subject ?? '',
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    text: mail.text ?? '',
    html: mail.html ?? '',
  };
}

const close = (server: SMTPServer) => new Promise<void>((resolve) => server.close(() => resolve()));

/** A real SMTP server on the loopback that keeps what it is given. */
export async function startSmtpInbox(): Promise<SmtpInbox> {
  const mails = createArrivals<ReceivedMail>();
  let mode: Mode = 'accept';

  async function keep(stream: AsyncIterable<Buffer>, { envelope }: SMTPServerSession): Promise<void> {
    const { mailFrom, rcptTo } = envelope;
    const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
    mails.add({
      ...(await readMail(stream)),
      envelopeFrom,
      envelopeTo: rcptTo.map(({ address }) => address),
    });
  }

  const open = async (): Promise<SMTPServer> => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 1,
      onRcptTo(_address, _session, callback) {
        if (mode === 'hang') return;
        if (mode === 'accept') return callback();
        callback(Object.assign(new Error('5.1.1 Mailbox unavailable'), { responseCode: 550 }));
      },
      onData(stream, session, callback) {
        void keep(stream, session).then(() => callback(), callback);
      },
    });
    // A client that goes away in the middle of a conversation is part of the tests.
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  };

  const port = await findFreePort();
  let server: SMTPServer | undefined = await open();

  const become = async (next: Mode): Promise<void> => {
    mode = next;
    server ??= await open();
  };
  const down = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (closing !== undefined) await close(closing);
  };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    accept: () => become('accept'),
    refuse: () => become('refuse'),
    hang: () => become('hang'),
    down,
    stop: down,
  };
}
