import type { Request } from 'express';
import { parseLocalPath } from '../core/local-path';
import { publicPath } from '../public-origin';
import type { HttpContext } from './http-context';
import { findKeptReturnTo, forgetKeptReturnTo, restoreReturnTo } from './kept-return-to';
import { fieldOf, requestedReturnTo } from './return-to';
import { markUnstored, readSlot, updateSlot } from './session-slot';
import type { HostLoginSlot, MfaSlot } from './session-slot';

/*
 * What the host wrote for the moment after its sign-in happens after the second step too: its redirect, flash and message, or its own
 * callback. Between the two steps it waits in the session.
 */

/** The options of `passport.authenticate` that mean something after the second step. */
export interface AuthenticateOptions {
  readonly successRedirect?: string;
  readonly successReturnToOrRedirect?: string;
  readonly successFlash?: unknown;
  readonly successMessage?: unknown;
  readonly session?: boolean;
}

/** What a pending login keeps of where it came from. */
export type LoginOrigin = Pick<MfaSlot, 'returnTo' | 'host'>;

/** What our pages do in the host's place once the person is signed in. */
export function keepSuccess(
  req: Request,
  login: { readonly options: AuthenticateOptions; readonly info: unknown; readonly context: HttpContext },
): LoginOrigin {
  const { options, info, context } = login;
  const flash = successNote(options.successFlash, info, 'success');
  const message = successNote(options.successMessage, info, '')?.message;
  const { next, ...destination } = findDestination(context, req, options);
  const host = {
    ...(next === undefined ? {} : { next }),
    ...(flash === undefined ? {} : { flash }),
    ...(message === undefined ? {} : { message }),
  };
  return Object.keys(host).length === 0 ? destination : { ...destination, host };
}

/** What the host's own route needs that goes on with the sign-in. */
export function keepForResuming(
  req: Request,
  login: { readonly resumePath: string; readonly info: unknown; readonly context: HttpContext },
): LoginOrigin {
  const { resumePath, info, context } = login;
  restoreReturnTo(context, req);
  const { returnTo } = req.session;
  return {
    host: {
      resumePath,
      ...(isKeepable(info) ? { info } : {}),
      ...(typeof returnTo === 'string' ? { returnTo } : {}),
    },
  };
}

/** Where the host's own options lead. Those are the host's code, so they may name another origin; what a visitor sends may not. */
function findDestination(
  context: HttpContext,
  req: Request,
  { successReturnToOrRedirect, successRedirect }: AuthenticateOptions,
): Pick<LoginOrigin, 'returnTo'> & { readonly next?: string } {
  const { options } = context;
  const { baseUrl } = options;
  const asked = successReturnToOrRedirect === undefined ? null : findKeptReturnTo(context, req);
  if (asked !== null) forgetKeptReturnTo(context, req);
  const target = asked ?? successReturnToOrRedirect ?? successRedirect;
  if (target === undefined) return local(requestedReturnTo(req));
  // A relative one belongs to the path of this request, not to that of our pages.
  const here = `${baseUrl}${publicPath(options, parseLocalPath(req.originalUrl) ?? '/')}`;
  if (!URL.canParse(target, here)) return {};
  const url = new URL(target, here);
  return url.origin === baseUrl
    ? local(parseLocalPath(url.pathname + url.search + url.hash))
    : { next: url.href };
}

function local(returnTo: string | null): Pick<LoginOrigin, 'returnTo'> {
  return returnTo === null ? {} : { returnTo };
}

/** As Passport reads `successFlash` and `successMessage`. */
function successNote(option: unknown, info: unknown, type: string): HostLoginSlot['flash'] {
  if (option === undefined || option === null || option === false || option === '') return undefined;
  const given = typeof option === 'string' ? option : fieldOf(option, 'message');
  const message = given ?? fieldOf(info, 'message') ?? info;
  const named = fieldOf(option, 'type') ?? fieldOf(info, 'type') ?? type;
  if (typeof message !== 'string' || message === '') return undefined;
  return { type: typeof named === 'string' ? named : type, message };
}

const LONGEST_INFO = 2000;

/** It waits in the session, so it has to survive as JSON. */
function isKeepable(info: unknown): boolean {
  if (info === undefined) return false;
  try {
    const text: string | undefined = JSON.stringify(info);
    return text !== undefined && text.length <= LONGEST_INFO;
  } catch {
    return false;
  }
}

/** Where this visitor's login goes on after the second step, where the host's own route ends it. */
export function resumePathOf(req: Request): string | null {
  const { login, host } = readSlot(req);
  return login === undefined ? null : (host?.resumePath ?? null);
}

/** Where the steps of this visitor lead in the end: no address can lead around the host's own route. */
export function findReturnTo(req: Request): string | null {
  return resumePathOf(req) ?? requestedReturnTo(req) ?? parseLocalPath(readSlot(req).returnTo);
}

/** Says what `successMessage` and `successFlash` asked for, to somebody who has just signed in on our pages. */
export function tellSuccess(req: Request, { message, flash }: HostLoginSlot): void {
  if (message !== undefined) {
    const before: unknown = Reflect.get(req.session, 'messages');
    Reflect.set(req.session, 'messages', [...(Array.isArray(before) ? before : []), message]);
    markUnstored(req);
  }
  if (flash !== undefined) updateSlot(req, { host: { ...readSlot(req).host, flash } });
  flashSuccess(req);
}

/** The host's flash may come after our pages and before the guard. */
export function flashSuccess(req: Request): void {
  const { host } = readSlot(req);
  const say: unknown = Reflect.get(req, 'flash');
  if (host?.flash === undefined || typeof say !== 'function') return;
  const { flash, ...rest } = host;
  updateSlot(req, { host: Object.keys(rest).length === 0 ? undefined : rest });
  Reflect.apply(say, req, [flash.type, flash.message]);
}
