import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import twilio, { type Twilio } from 'twilio';
import { createArrivals, type Arrivals } from './arrivals';
import { startLoopbackServer } from './loopback-server';

const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'f'.repeat(32);

export interface SentSms {
  readonly sid: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly messagingServiceSid: string | undefined;
  readonly body: string;
  readonly statusCallback: string | undefined;
}

/** What Twilio would post to `url`; the signature covers the URL and the fields. */
export interface StatusCallback {
  readonly url: string;
  readonly headers: { readonly 'x-twilio-signature': string };
  readonly fields: Readonly<Record<string, string>>;
}

export interface TwilioApi {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messages: Arrivals<SentSms>;
  /** The real client, speaking to this server. */
  createClient(options?: { readonly timeout?: number }): Twilio;
  accept(): Promise<void>;
  /** Answers 400 with Twilio's own error code: 21211 invalid number, 21610 unsubscribed, and so on. */
  refuse(code?: number): Promise<void>;
  /** Answers 500. */
  fail(): Promise<void>;
  /** Reads the request and never answers. */
  hang(): Promise<void>;
  down(): Promise<void>;
  statusCallback(message: SentSms, status: 'delivered' | 'undelivered' | 'failed'): StatusCallback;
  stop(): Promise<void>;
}

type Mode = { readonly is: 'accept' | 'fail' | 'hang' } | { readonly is: 'refuse'; readonly code: number };

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const problem = (status: number, code: number, message: string) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

/** A loopback server that answers as Twilio's Messages resource does. */
export async function startTwilioApi(): Promise<TwilioApi> {
  const messages = createArrivals<SentSms>();
  const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  let mode: Mode = { is: 'accept' };
  let count = 0;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    if (request.headers.authorization !== authorization)
      return answer(response, 401, problem(401, 20003, 'Authenticate'));
    if (request.method === 'GET' && request.url?.startsWith(path) === true && mode.is === 'accept')
      return answer(response, 200, { messages: [], page: 0, page_size: 1, next_page_uri: null });
    if (request.method !== 'POST' || request.url !== path)
      return answer(response, 404, problem(404, 20404, 'The requested resource was not found'));
    switch (mode.is) {
      case 'hang':
        return;
      case 'fail':
        return answer(response, 500, problem(500, 20500, 'Internal Server Error'));
      case 'refuse':
        return answer(response, 400, problem(400, mode.code, "The 'To' number is not reachable."));
      case 'accept': {
        const field = (name: string) => form.get(name) ?? undefined;
        const sid = `SM${String((count += 1)).padStart(32, '0')}`;
        const [to, body] = [form.get('To') ?? '', form.get('Body') ?? ''];
        messages.add({
          sid,
          to,
          body,
          from: field('From'),
          messagingServiceSid: field('MessagingServiceSid'),
          statusCallback: field('StatusCallback'),
        });
        return answer(response, 201, { sid, account_sid: accountSid, to, body, status: 'queued' });
      }
    }
  }

  const server = await startLoopbackServer((request, response) => {
    respond(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const become = async (next: Mode): Promise<void> => {
    mode = next;
    await server.open();
  };

  return {
    accountSid,
    authToken,
    messages,
    createClient({ timeout = 30_000 } = {}) {
      const client = twilio(accountSid, authToken, { timeout });
      client.api.baseUrl = server.url;
      return client;
    },
    accept: () => become({ is: 'accept' }),
    refuse: (code = 21211) => become({ is: 'refuse', code }),
    fail: () => become({ is: 'fail' }),
    hang: () => become({ is: 'hang' }),
    down: () => server.close(),
    statusCallback({ sid, to, from, statusCallback: url }, status) {
      if (url === undefined) throw new Error('This message asked for no status callback.');
      const fields: Record<string, string> = {
        MessageSid: sid,
        SmsSid: sid,
        AccountSid: accountSid,
        MessageStatus: status,
        SmsStatus: status,
        To: to,
        ...(from === undefined ? {} : { From: from }),
        ...(status === 'delivered' ? {} : { ErrorCode: '30003' }),
      };
      const signature = twilio.getExpectedTwilioSignature(authToken, url, fields);
      return { url, headers: { 'x-twilio-signature': signature }, fields };
    },
    stop: () => server.close(),
  };
}
