import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '../core/address/network-address';

/** An endpoint for messages. */
export interface WebhookTarget {
  /** An https address. */
  readonly url: string;
  /**
   * One or more secrets of at least 24 random bytes in base64, with or without `whsec_`. Every secret signs the message, so
   * that secrets can be rotated.
   */
  readonly secrets: readonly string[];
  /** Allows an endpoint inside your own network, and plain http on this machine. */
  readonly dangerouslyAllowPrivateAddress?: boolean | undefined;
}

export interface WebhookMessage {
  readonly id: string;
  readonly at: number;
  /** JSON. */
  readonly body: string;
}

export type WebhookAnswer =
  | { readonly outcome: 'taken' }
  /** `isFinal` if a retry would be refused too. */
  | { readonly outcome: 'refused'; readonly because: string; readonly isFinal: boolean };

const TIMEOUT_MS = 10_000;
/** The receiver wants no more messages. */
const GONE = 410;

/** Signed as in Standard Webhooks. Connects to the address that was checked to be public: DNS rebinding has no effect. */
export async function postWebhook(endpoint: WebhookTarget, message: WebhookMessage): Promise<WebhookAnswer> {
  try {
    const url = new URL(endpoint.url);
    const address = await resolveAddress(url, endpoint.dangerouslyAllowPrivateAddress === true);
    if (address === null) return refused('its address is not public');
    const headers = await sign(endpoint, message);
    const status = await post(url, { body: message.body, headers, address });
    if (status >= 200 && status < 300) return { outcome: 'taken' };
    return refused(`it answered ${status}`, status === GONE);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    return refused(typeof code === 'string' ? code : 'it could not be reached');
  }
}

function refused(because: string, isFinal = false): WebhookAnswer {
  return { outcome: 'refused', because, isFinal };
}

interface Address {
  readonly address: string;
  readonly family: number;
}

/** The address to connect to; null if any address of the host is private, because it is unknown which one would be used. */
async function resolveAddress({ hostname }: URL, allowsPrivate: boolean): Promise<Address | null> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  const found = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  const [first] = found;
  if (first === undefined) return null;
  return allowsPrivate || found.every(({ address }) => isPublicAddress(address)) ? first : null;
}

async function sign(
  { secrets }: WebhookTarget,
  { id, at, body }: WebhookMessage,
): Promise<Readonly<Record<string, string>>> {
  // Loaded with the first webhook, because most hosts have none.
  const { Webhook } = await import('standardwebhooks');
  const sentAt = new Date(at);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, sentAt, body));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}

/** Resolves with the status of the response. Its body is not read. */
function post(
  url: URL,
  sent: {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly address: Address;
  },
): Promise<number> {
  const { body, headers, address } = sent;
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    lookup: (_host, { all }, answer) =>
      all === true ? answer(null, [address]) : answer(null, address.address, address.family),
  };
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? request : requestPlain;
    const posting = open(url, options, (answer) => {
      answer.destroy();
      resolve(answer.statusCode ?? 0);
    });
    posting.on('error', reject);
    posting.end(body);
  });
}
