import type { Request, Response } from 'express';
import { parseToken } from '../../core/proof/bearer-token';
import { confirmBrowser, type BrowserToken, type CookieChange } from '../../flows/browsers/use-browser';
import type { HttpContext } from '../kernel/http-context';
import { cookieOf, stateOf } from '../kernel/request';
import { readSessionData, updateSessionData } from './session-data';
import type { MfaSessionData } from './session-data-text';

/** Over TLS, the prefix prevents other hosts of the domain from setting the cookie (RFC 6265bis, section 4.1.3.2). */
function cookieName({ options }: HttpContext): string {
  return options.secure ? '__Host-mfa-browser' : 'mfa-browser';
}

const VALUE = /^([\w-]{22})\.([\w-]{43})$/;

/** The id and token of a remembered browser, as the browser sent them; null if there are none. */
export function readBrowserCookie(context: HttpContext, req: Request): BrowserToken | null {
  const [, id, submitted] = VALUE.exec(cookieOf(req, cookieName(context)) ?? '') ?? [];
  const token = parseToken(submitted);
  return id === undefined || token === null ? null : { id, token };
}

/** `Lax` and no domain, so it is sent only here. The stored record limits the trust, not the cookie's expiry. */
export function changeBrowserCookie(context: HttpContext, res: Response, change: CookieChange): void {
  if (change === null) return;
  const attributes = {
    httpOnly: true,
    sameSite: 'lax',
    secure: context.options.secure,
    path: '/',
  } as const;
  if (change === 'clear') {
    res.clearCookie(cookieName(context), attributes);
    return;
  }
  const { id, token, expiresAt } = change;
  const maxAge = Math.max(1000, expiresAt - context.clock.now());
  res.cookie(cookieName(context), `${id}.${token.reveal()}`, { ...attributes, maxAge });
}

/** Confirms that the browser received its next token. From then on, the previous one is treated as a stolen copy. */
export function confirmBrowserOnce(context: HttpContext, req: Request, userId: string): void {
  const { unconfirmedBrowser } = readSessionData(req);
  if (unconfirmedBrowser === undefined) return;
  updateSessionData(req, { unconfirmedBrowser: undefined });
  const presented = readBrowserCookie(context, req);
  if (presented?.id !== unconfirmedBrowser) return;
  const { delivery, options } = context;
  delivery.inBackground(() => confirmBrowser(context, userId, presented), options.onError);
}

/** For the session of a login that gave the browser its next token. */
export function unconfirmedBrowserOf(req: Request): Pick<MfaSessionData, 'unconfirmedBrowser'> {
  const { givenBrowser } = stateOf(req);
  return givenBrowser === undefined ? {} : { unconfirmedBrowser: givenBrowser };
}
