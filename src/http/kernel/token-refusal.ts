import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { ENGLISH } from '../../factors/factor-words';
import type { FlowOptions } from '../../flows/context/context';
import { refuseConnection } from './connection';
import { sentenceFor } from './language';
import { stateOf } from './request';

/** Refuses requests that the browser marks as cross-site (Fetch Metadata). The token is still required. */
export function refuseCrossSite(req: Request): void {
  if (req.get('sec-fetch-site') === 'cross-site') throw refuseToken('other-site');
}

/** Such a request has no cookie, so issuing a token would start a session, whose cookie would replace the visitor's. */
export function isForeignForm(req: Request): boolean {
  return req.get('sec-fetch-site') === 'cross-site' && req.method !== 'GET' && req.method !== 'HEAD';
}

/**
 * Before there is a session, another host of the same domain can plant both halves of a token. Its forms are refused by the
 * headers that the browser sets. A page with `Referrer-Policy: no-referrer` sends `Origin: null`; then `Sec-Fetch-Site` has to
 * be `same-origin`.
 */
export function refuseForeignOrigin(req: Request, { baseUrl }: Pick<FlowOptions, 'baseUrl'>): void {
  const site = req.get('sec-fetch-site');
  if (site === 'same-site') throw refuseToken('other-site');
  const origin = req.get('origin');
  if (origin === undefined || origin === baseUrl) return;
  if (origin === 'null' && site === 'same-origin') return;
  if (!isOwnAddress(req, origin)) throw refuseToken('other-site');
  const downgraded = baseUrl.startsWith('https:') && origin.startsWith('http:');
  throw downgraded ? refuseConnection(req, { baseUrl }) : refuseToken('other-address');
}

/** Whether the page came from this app, opened at an address other than `baseUrl`. */
function isOwnAddress(req: Request, origin: string): boolean {
  if (req.get('sec-fetch-site') === 'same-origin') return origin !== 'null';
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === req.get('host') || host === req.get('x-forwarded-host'));
}

export const TOKEN_REFUSALS = [
  'other-site',
  'other-address',
  'cookie-missing',
  'token-missing',
  'body-unread',
  'page-too-old',
  'session-changed',
] as const;

export type TokenRefusal = (typeof TOKEN_REFUSALS)[number];

export function refuseToken(reason: TokenRefusal): MfaError {
  return new MfaError('csrf-token-refused', sentenceFor(ENGLISH, reason), { reason });
}

/** The reason of a refused token; null for every other error. */
export function tokenRefusalOf(error: unknown): TokenRefusal | null {
  if (!(error instanceof MfaError) || error.code !== 'csrf-token-refused') return null;
  return TOKEN_REFUSALS.find((reason) => reason === error.reason) ?? null;
}

/** Why there is no token: it was not sent, or no parser has read the body. */
export function missingTokenReason(req: Request): TokenRefusal {
  const hasBody = Number(req.get('content-length') ?? 0) > 0 || req.get('transfer-encoding') !== undefined;
  if (!hasBody) return 'token-missing';
  const body: unknown = req.body;
  const isRead = typeof body === 'object' && body !== null && !ArrayBuffer.isView(body);
  if (!isRead) return 'body-unread';
  if (Object.keys(body).length > 0) return 'token-missing';
  // A JSON body may be an empty object; a form with a length has fields.
  const isEmptyJson = Boolean(req.is('application/json')) && !stateOf(req).bodyReadBefore;
  return isEmptyJson ? 'token-missing' : 'body-unread';
}
