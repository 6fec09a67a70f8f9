import type { Request } from 'express';
import { MfaError } from '../errors';
import type { FlowOptions } from '../flows/context';
import { sentenceFor } from './sentences';

/**
 * How a request came: over TLS as far as Express knows; over TLS by what a proxy says that `trust proxy` does not name; or
 * without any sign of TLS. Only for words and cookies: a claim lets nobody in.
 */
export type Connection = 'secure' | 'claimed' | 'insecure';

export function connectionOf(req: Request): Connection {
  if (req.secure || Reflect.get(req.socket, 'encrypted') === true) return 'secure';
  const [forwarded = ''] = (req.get('x-forwarded-proto') ?? '').split(',');
  if (forwarded.trim().toLowerCase() === 'https') return 'claimed';
  return /\bproto="?https\b/i.test(req.get('forwarded') ?? '') ? 'claimed' : 'insecure';
}

/** A cookie that says `Secure` does not travel over this connection, or is not sent over it. */
export function refuseConnection(req: Request, options: Pick<FlowOptions, 'baseUrl'>): MfaError {
  const isOverHttp = options.baseUrl.startsWith('https:') && !isBrowserSecure(req, options);
  const reason = isOverHttp ? 'plain-http' : 'cookie-not-sent';
  return new MfaError('connection-insecure', sentenceFor(reason), { reason });
}

/** The browser itself, or the proxy in front, says that the person reached the site over https. */
function isBrowserSecure(req: Request, { baseUrl }: Pick<FlowOptions, 'baseUrl'>): boolean {
  return connectionOf(req) === 'claimed' || req.get('origin') === baseUrl;
}

/** What the host has to change so that its connection is known to be secure. */
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
    return `A request came from ${options.baseUrl} over plain http: a proxy ends TLS and does not say so, so ${lost}. Let it send \`X-Forwarded-Proto: https\`, and write ${trust} before \`mfa.sessions()\`.`;
  }
  return `\`baseUrl\` is ${options.baseUrl}, but a request came over plain http, so ${lost}. Redirect http to https. Where a proxy ends TLS, let it send \`X-Forwarded-Proto: https\` and write ${trust} before \`mfa.sessions()\`. On your own machine, write \`baseUrl: 'http://localhost:3000'\`.`;
}
