import type { Request } from 'express';
import { RecentMap } from '../../core/text/recent-map';
import type { Advice } from '../../events/advice';
import type { Clock } from '../../options/ports';
import { connectionOf, refuseConnection, type ProxyWatch } from '../kernel/connection';
import type { FlowContext } from '../../flows/context/context';
import { stateOf } from '../kernel/request';
import { requireSession } from './session-data';

/** Otherwise the person would have to sign in again after the right password, without an explanation. */
export function requireSessionCookie(context: Pick<FlowContext, 'options'>, req: Request): void {
  if (requireSession(req).cookie?.secure !== true) return;
  const connection = connectionOf(req);
  // The host's express-session may trust the proxy through its option `proxy`, which cannot be read here.
  const isSent =
    connection === 'secure' || (connection === 'claimed' && stateOf(req).ownCookie === undefined);
  if (!isSent) throw refuseConnection(req, context.options);
}

interface Awaited {
  readonly sessionId: string;
  readonly until: number;
  readonly isCookieSent: boolean;
  /** The path that the response redirects to; null if it is not a redirect. */
  readonly path: string | null;
}

/** Enough time for a browser to follow the redirect after a password. */
const AWAITED_SECONDS = 30;
const REMEMBERED = 1000;

/** If the next request of such a browser has no session, its cookie was lost. This only affects messages, never access. */
export class AwaitedSessions {
  readonly #awaited = new RecentMap<string, Awaited>(REMEMBERED);
  readonly #clock: Clock;
  readonly #advice: Advice;
  readonly #proxies: ProxyWatch;

  constructor(given: { readonly clock: Clock; readonly advice: Advice; readonly proxies: ProxyWatch }) {
    this.#clock = given.clock;
    this.#advice = given.advice;
    this.#proxies = given.proxies;
  }

  /** To be called before the response to a sign-in, which has a new session id. */
  expect(req: Request): void {
    const { res } = req;
    if (res === undefined) return;
    res.once('finish', () => {
      const { sessionID: sessionId } = req;
      const isCookieSent = [res.getHeader('set-cookie')]
        .flat()
        .some((cookie) => String(cookie).includes(encodeURIComponent(sessionId)));
      const until = this.#clock.now() + AWAITED_SECONDS * 1000;
      const path = pathOf(res.getHeader('location'));
      this.#awaited.set(browserOf(req), { sessionId, until, isCookieSent, path });
      if (!isCookieSent && !this.#proxies.seesUnknownProxy) {
        this.#advice.give(
          'session-cookie-not-sent',
          "A sign-in started a session, but express-session did not send its cookie. It sends a `Secure` cookie only over TLS: write app.set('trust proxy', 1), with the number of proxies in front of the app, before the session middleware.",
        );
      }
    });
  }

  sawSession(req: Request): void {
    const browser = browserOf(req);
    if (this.#awaited.get(browser)?.sessionId === req.sessionID) this.#awaited.delete(browser);
  }

  /** Whether this browser has just signed in and has not sent the session yet. */
  isAwaited(req: Request): boolean {
    return this.#find(req) !== undefined;
  }

  /** Why a request without a session has lost it, if the request follows the redirect of a sign-in; otherwise null. */
  findLoss(req: Request): 'session-cookie-missing' | 'session-cookie-not-sent' | null {
    const awaited = this.#find(req);
    if (awaited === undefined || awaited.path !== pathOf(req.originalUrl)) return null;
    if (!awaited.isCookieSent) return 'session-cookie-not-sent';
    this.#advice.give(
      'session-cookie-missing',
      'A sign-in set the session cookie, but the next request of that browser came without it. Either the browser refuses cookies, or the cookie has the wrong attributes: check `domain`, `path` and `secure` in the options of the session middleware, and whether the proxy changes `Set-Cookie`.',
    );
    return 'session-cookie-missing';
  }

  #find(req: Request): Awaited | undefined {
    const awaited = this.#awaited.get(browserOf(req));
    return awaited !== undefined && this.#clock.now() < awaited.until ? awaited : undefined;
  }
}

function pathOf(address: unknown): string | null {
  return typeof address === 'string' && address.startsWith('/') ? (address.split('?')[0] ?? null) : null;
}

/** Two people with the same address and the same browser count as one. */
function browserOf(req: Request): string {
  return `${req.ip ?? ''} ${(req.get('user-agent') ?? '').slice(0, 200)}`;
}
