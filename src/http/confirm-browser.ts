import type { Request } from 'express';
import { confirmBrowser } from '../flows/use-browser';
import type { HttpContext } from './http-context';
import { readBrowserCookie } from './remembered-browser-cookie';
import { stateOf } from './request-state';
import { readSlot, updateSlot } from './session-slot';
import type { MfaSlot } from './session-slot';

/**
 * The first request after a login shows whether the browser got its next token: from then on the one before is a copy's. In the
 * background; where it fails, a copy is found out later, when the owner comes back.
 */
export function confirmBrowserOnce(context: HttpContext, req: Request, userId: string): void {
  const { unconfirmedBrowser } = readSlot(req);
  if (unconfirmedBrowser === undefined) return;
  updateSlot(req, { unconfirmedBrowser: undefined });
  const presented = readBrowserCookie(context, req);
  if (presented?.id !== unconfirmedBrowser) return;
  const { delivery, options } = context;
  delivery.inBackground(() => confirmBrowser(context, userId, presented), options.onError);
}

/** What the session of a login remembers, where the browser is given its next token with it. */
export function browserGiven(req: Request): Pick<MfaSlot, 'unconfirmedBrowser'> {
  const { givenBrowser } = stateOf(req);
  return givenBrowser === undefined ? {} : { unconfirmedBrowser: givenBrowser };
}
