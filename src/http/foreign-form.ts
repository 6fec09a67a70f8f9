import type { Request } from 'express';
import type { FlowOptions } from '../flows/context';
import { refuseConnection } from './connection';
import { refuseToken } from './token-refusal';

/** A browser that knows says so itself (Fetch Metadata). The token is asked for all the same. */
export function refuseCrossSite(req: Request): void {
  if (req.get('sec-fetch-site') === 'cross-site') throw refuseToken('other-site');
}

/**
 * It comes without the visitor's cookie, so a token would begin a session and its cookie end the one that the visitor has.
 */
export function isForeignForm(req: Request): boolean {
  return req.get('sec-fetch-site') === 'cross-site' && req.method !== 'GET' && req.method !== 'HEAD';
}

/**
 * Before there is a session, another host of the same domain can plant both halves of a token: its forms are refused by what the
 * browser says of them. A page with `Referrer-Policy: no-referrer` sends `Origin: null`; then `Sec-Fetch-Site` has to vouch for it.
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

/** The page came from this app, which was opened at an address other than `baseUrl`. */
function isOwnAddress(req: Request, origin: string): boolean {
  if (req.get('sec-fetch-site') === 'same-origin') return origin !== 'null';
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === req.get('host') || host === req.get('x-forwarded-host'));
}
