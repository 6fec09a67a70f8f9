import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { ENGLISH } from '../../factors/factor-words';
import type { FlowOptions } from '../../flows/context/context';
import { sentenceFor } from './language';

/**
 * How a request arrived. `secure`: over TLS, according to Express. `claimed`: over TLS, according to a proxy that `trust proxy`
 * does not cover. `insecure`: no sign of TLS. It only affects messages and cookies, never access.
 */
export type Connection = 'secure' | 'claimed' | 'insecure';

export function connectionOf(req: Request): Connection {
  if (req.secure || Reflect.get(req.socket, 'encrypted') === true) return 'secure';
  const [forwarded = ''] = (req.get('x-forwarded-proto') ?? '').split(',');
  if (forwarded.trim().toLowerCase() === 'https') return 'claimed';
  return /\bproto="?https\b/i.test(req.get('forwarded') ?? '') ? 'claimed' : 'insecure';
}

/** The error for a connection over which `Secure` cookies are not sent. */
export function refuseConnection(req: Request, options: Pick<FlowOptions, 'baseUrl'>): MfaError {
  const isOverHttp = options.baseUrl.startsWith('https:') && !isBrowserSecure(req, options);
  const reason = isOverHttp ? 'plain-http' : 'cookie-not-sent';
  return new MfaError('connection-insecure', sentenceFor(ENGLISH, reason), { reason });
}

/** Whether the browser or a proxy says that the person uses https. */
function isBrowserSecure(req: Request, { baseUrl }: Pick<FlowOptions, 'baseUrl'>): boolean {
  return connectionOf(req) === 'claimed' || req.get('origin') === baseUrl;
}

export function connectionAdvice(
  { options }: { readonly options: Pick<FlowOptions, 'baseUrl'> },
  req: Request,
): string {
  const lost = '`Secure` cookies are lost, and nobody can sign in';
  const trust = "`app.set('trust proxy', 1)`, with the number of proxies in front of the app,";
  if (!options.baseUrl.startsWith('https:')) {
    return `The session cookie is \`Secure\`, but \`baseUrl\` is ${options.baseUrl}, so ${lost}. Serve the app over TLS and give an https \`baseUrl\`, or write \`cookie: { secure: false }\` for the session middleware on your own machine.`;
  }
  if (connectionOf(req) === 'claimed') {
    return `A proxy says that the request came over https, but Express does not trust it, so ${lost}. Write ${trust} before \`mfa.sessions()\`.`;
  }
  if (isBrowserSecure(req, options)) {
    return `A request came from ${options.baseUrl} over plain http: a proxy ends TLS without telling the app, so ${lost}. Configure the proxy to send \`X-Forwarded-Proto: https\`, and write ${trust} before \`mfa.sessions()\`.`;
  }
  return `\`baseUrl\` is ${options.baseUrl}, but a request came over plain http, so ${lost}. Redirect http to https. If a proxy ends TLS, configure it to send \`X-Forwarded-Proto: https\` and write ${trust} before \`mfa.sessions()\`. On your own machine, write \`baseUrl: 'http://localhost:3000'\`.`;
}

const ADDED_BY_PROXIES = ['x-forwarded-for', 'x-forwarded-proto'] as const;

/**
 * Detects a proxy that the app does not trust. Express then reports the proxy's address for every client, so all share one
 * count of wrong passwords, and TLS that ends at the proxy looks like plain http.
 */
export class ProxyWatch {
  #seesUnknownProxy = false;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get seesUnknownProxy(): boolean {
    return this.#seesUnknownProxy;
  }

  /** Reports only the first such request, since anybody can send the header. */
  look(req: Request): void {
    if (this.#seesUnknownProxy || ADDED_BY_PROXIES.every((name) => req.headers[name] === undefined)) return;
    // A request that does not pass through Express, such as a WebSocket upgrade, has no `app`.
    if (!('app' in req) || req.app.get('trust proxy')) return;
    this.#seesUnknownProxy = true;
    const header = req.headers['x-forwarded-for'] === undefined ? 'X-Forwarded-Proto' : 'X-Forwarded-For';
    this.#onError(
      new Error(
        `${header} arrives, but \`trust proxy\` is not set. Write app.set('trust proxy', 1), with the number of proxies in front of the app or their addresses. Without it every visitor has the address of the proxy, and express-session may send no \`Secure\` cookie, so that nobody can sign in. If there is no proxy, a visitor sent the header, and you can ignore this.`,
      ),
    );
  }
}
