import { csrfSync } from 'csrf-sync';
import type { Request, Response } from 'express';
import {
  VISITOR_TOKEN_SECONDS,
  isVisitorMarkLive,
  issueVisitorMark,
  readVisitorHalf,
  writeVisitorHalf,
  type VisitorMark,
} from '../../core/proof/bearer-token';
import type { KeyRing } from '../../core/proof/key-ring';
import type { FlowContext } from '../../flows/context/context';
import type { AwaitedSessions } from '../session/session-cookie';
import { readSessionData, requireSession, updateSessionData } from '../session/session-data';
import { connectionOf, refuseConnection } from './connection';
import { fieldOf, hasSignedInUser, stateOf } from './request';
import {
  isForeignForm,
  missingTokenReason,
  refuseCrossSite,
  refuseForeignOrigin,
  refuseToken,
} from './token-refusal';

export type CheckedToken = 'session' | 'visitor';

export interface CsrfGuard {
  readonly field: string;
  /** Creates the token before the session is stored, so that the next page does not have to store the session again. */
  prepare(req: Request): void;
  /**
   * The token for this request: the session's token if the session holds our data, otherwise a signed token that needs no
   * store. It changes with the session id, and is empty for a form that another site sent.
   */
  token(req: Request): string;
  /** Throws `csrf-token-refused` with the reason. */
  check(req: Request): CheckedToken;
  /** The id of this browser, no matter who is signed in. Sets its cookie. */
  visitor(req: Request): string;
  /** All ids of this browser, from the cookies that it sent. */
  visitors(req: Request): readonly string[];
}

const FIELD = '_csrf';
const HEADER = 'x-csrf-token';

/** A cookie of this age is replaced, so that every form is valid for at least an hour. */
const RENEW_AFTER_SECONDS = 3600;

type CsrfContext = Pick<FlowContext, 'keyRing' | 'clock' | 'options'> & { readonly awaited: AwaitedSessions };

/**
 * A synchronizer token in our session data. A visitor without such data gets a signed double-submit token instead (OWASP CSRF
 * cheat sheet), so that opening a form stores nothing. If the host's own middleware checks tokens, its token is used.
 */
export function createCsrfGuard(context: CsrfContext): CsrfGuard {
  const { options } = context;
  const visitors = createVisitorTokens(context);
  const { visitor, sentVisitors } = visitors;
  if (options.csrf !== null) {
    const { field, token } = options.csrf;
    return {
      field,
      prepare: () => undefined,
      token: (req) => token(req),
      check(req) {
        refuseCrossSite(req);
        return 'session';
      },
      visitor,
      visitors: sentVisitors,
    };
  }
  const { generateToken, isRequestValid } = csrfSync({
    size: 32,
    getTokenFromRequest: (req) => submittedToken(req),
    getTokenFromState: (req) => readSessionData(req).csrfToken,
    storeTokenInState: (req, token) => updateSessionData(req, { csrfToken: token ?? undefined }),
  });
  return {
    field: FIELD,
    prepare: (req) => void generateToken(req),
    token(req) {
      if (isForeignForm(req)) return '';
      return hasOwnToken(req) ? generateToken(req) : visitors.token(req);
    },
    check(req) {
      refuseCrossSite(req);
      const submitted = submittedToken(req);
      const ownToken = hasOwnToken(req);
      if (!ownToken) refuseForeignOrigin(req, options);
      if (submitted === undefined) throw refuseToken(missingTokenReason(req));
      if (!ownToken) {
        visitors.check(req, submitted);
        return 'visitor';
      }
      if (!isRequestValid(req)) throw refuseToken('session-changed');
      return 'session';
    },
    visitor,
    visitors: sentVisitors,
  };
}

/**
 * Whether the session holds our data or a signed-in user. If so, only the session's own token is accepted: otherwise an
 * attacker who planted a visitor's cookie could act in another person's session.
 */
function hasOwnToken(req: Request): boolean {
  const session = requireSession(req);
  if (session.mfa !== undefined) return true;
  if (req.user !== undefined && req.user !== null) return true;
  // A host may ask for the token before Passport has read the session.
  return hasSignedInUser(req);
}

function createVisitorTokens({ keyRing, clock, options, awaited }: CsrfContext) {
  const settings: VisitorCookieSettings = { keyRing, secure: options.secure };

  function currentMark(req: Request): VisitorMark {
    const now = clock.now();
    const [newest] = readVisitorMarks(settings, req, now);
    if (newest !== undefined && now / 1000 - newest.issuedAtSeconds < RENEW_AFTER_SECONDS) return newest;
    const mark = issueVisitorMark(now);
    const { res } = req;
    // Browsers drop `Secure` cookies over plain http, and headers cannot be set after the response has begun.
    const isDropped = settings.secure && connectionOf(req) === 'insecure';
    if (res?.headersSent === false && !isDropped) setVisitorCookie(settings, res, mark);
    return mark;
  }

  return {
    visitor: (req: Request): string => currentMark(req).id,
    sentVisitors: (req: Request): readonly string[] =>
      readVisitorMarks(settings, req, clock.now()).map(({ id }) => id),
    token(req: Request): string {
      const state = stateOf(req);
      return (state.visitorToken ??= writeVisitorHalf(keyRing, 'form', currentMark(req)));
    },
    /** Throws if the form's half has expired, or the browser does not have the other half. */
    check(req: Request, submitted: string): void {
      const now = clock.now();
      const mark = readVisitorHalf(keyRing, 'form', submitted);
      const sendsCookies = req.get('cookie') !== undefined;
      // This is the token of a session: it just began and its cookie was lost, or it has ended.
      if (mark === null) {
        throw refuseToken(!sendsCookies && awaited.isAwaited(req) ? 'cookie-missing' : 'session-changed');
      }
      if (!isVisitorMarkLive(mark, now)) throw refuseToken('page-too-old');
      const isHeld = readVisitorMarks(settings, req, now).some(({ id }) => id === mark.id);
      if (isHeld) return;
      if (settings.secure && connectionOf(req) === 'insecure') throw refuseConnection(req, options);
      // A browser that sends other cookies keeps this one too, until it expires.
      throw refuseToken(sendsCookies ? 'session-changed' : 'cookie-missing');
    },
  };
}

function submittedToken(req: Request): string | undefined {
  const submitted = req.get(HEADER) ?? fieldOf(req.body, FIELD);
  return typeof submitted === 'string' && submitted !== '' ? submitted : undefined;
}

interface VisitorCookieSettings {
  readonly keyRing: KeyRing;
  readonly secure: boolean;
}

/** More than a browser gets by opening pages. Further cookies were planted. */
const MOST_COOKIES = 8;

const COOKIE = /^([\w-]+-[0-9a-f]{8})=([0-9a-f]{64})$/;

/** Over TLS, the prefix prevents other hosts of the domain from setting the cookie (RFC 6265bis, section 4.1.3.2). */
function cookiePrefix({ secure }: VisitorCookieSettings): string {
  return secure ? '__Host-mfa-visitor-' : 'mfa-visitor-';
}

/** Each mark has its own cookie: two tabs opened at once, before the browser has a cookie, would overwrite each other's. */
function cookieName(settings: VisitorCookieSettings, { id }: VisitorMark): string {
  return cookiePrefix(settings) + id.slice(0, 8);
}

/** The live marks that this browser sent, the newest first. */
function readVisitorMarks(
  settings: VisitorCookieSettings,
  req: Request,
  now: number,
): readonly VisitorMark[] {
  return visitorCookies(settings, req)
    .map((value) => readVisitorHalf(settings.keyRing, 'cookie', value))
    .filter((mark) => mark !== null)
    .filter((mark) => isVisitorMarkLive(mark, now))
    .toSorted((one, other) => other.issuedAtSeconds - one.issuedAtSeconds);
}

function setVisitorCookie(settings: VisitorCookieSettings, res: Response, mark: VisitorMark): void {
  const value = writeVisitorHalf(settings.keyRing, 'cookie', mark);
  const maxAge = VISITOR_TOKEN_SECONDS * 1000;
  res.cookie(cookieName(settings, mark), value, { ...cookieAttributes(settings), maxAge });
}

/** `Lax`, so that a link from another site sends the cookie and no new one is set. */
function cookieAttributes({ secure }: VisitorCookieSettings) {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
}

function visitorCookies(settings: VisitorCookieSettings, req: Request): readonly string[] {
  const prefix = cookiePrefix(settings);
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => COOKIE.exec(pair))
    .filter((cookie) => cookie !== null)
    .slice(0, MOST_COOKIES)
    .map(([, , value = '']) => value);
}
