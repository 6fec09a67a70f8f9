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
import { fieldOf, isSomebodyIn, stateOf } from './request';
import {
  isForeignForm,
  missingTokenReason,
  refuseCrossSite,
  refuseForeignOrigin,
  refuseToken,
} from './token-refusal';

/** Whose token a request carried. */
export type CheckedToken = 'session' | 'visitor';

/** Issues and checks the token that every unsafe request carries. */
export interface CsrfGuard {
  readonly field: string;
  /** Makes the token of a session that is about to be stored, so that the next page does not store it again. */
  prepare(req: Request): void;
  /**
   * The token of this visitor: that of the session if it holds data of ours, otherwise one that needs no store. It changes with the session id,
   * and is empty for a form of another site.
   */
  token(req: Request): string;
  /** Throws `csrf-token-refused` with the reason. */
  check(req: Request): CheckedToken;
  /** What this browser goes by, whoever is signed in. Sets the cookie for it. */
  visitor(req: Request): string;
  /** All that this browser goes by, from the cookies that it sent. */
  visitors(req: Request): readonly string[];
  /** The visitor has a session from now on, so an earlier token is invalid. */
  leaveVisitor(req: Request): void;
}

const FIELD = '_csrf';
const HEADER = 'x-csrf-token';

/** A cookie that is this old is replaced, so that every form has an hour at least. */
const RENEW_AFTER_SECONDS = 3600;

type CsrfContext = Pick<FlowContext, 'keyRing' | 'clock' | 'options'> & { readonly awaited: AwaitedSessions };

/**
 * A synchronizer token in our session data. A visitor without session data of ours gets a signed double-submit token instead (OWASP CSRF
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
      leaveVisitor: () => undefined,
    };
  }
  const { generateToken, isRequestValid } = csrfSync({
    size: 32,
    getTokenFromRequest: (req) => submittedToken(req),
    getTokenFromState: (req) => readSessionData(req).csrfToken,
    storeTokenInState: (req, token) => updateSessionData(req, { csrfToken: token ?? undefined }),
  });
  function sessionToken(req: Request): string {
    if (readSessionData(req).csrfToken === undefined) visitors.leave(req);
    return generateToken(req);
  }
  return {
    field: FIELD,
    prepare: (req) => void sessionToken(req),
    token(req) {
      if (isForeignForm(req)) return '';
      return hasOwnToken(req) ? sessionToken(req) : visitors.token(req);
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
    leaveVisitor: (req) => visitors.leave(req),
  };
}

/**
 * Whether the session holds data of ours or a signed-in user. Only its own token counts then: an attacker who planted a visitor's cookie
 * could otherwise act in another person's session.
 */
function hasOwnToken(req: Request): boolean {
  const session = requireSession(req);
  if (session.mfa !== undefined) return true;
  if (req.user !== undefined && req.user !== null) return true;
  // A host may ask for the token before Passport has read the session.
  return isSomebodyIn(req);
}

function createVisitorTokens({ keyRing, clock, options, awaited }: CsrfContext) {
  const settings: VisitorCookieSettings = { keyRing, secure: options.secure };

  function currentMark(req: Request): VisitorMark {
    const now = clock.now();
    const [newest] = readVisitorMarks(settings, req, now);
    if (newest !== undefined && now / 1000 - newest.issuedAtSeconds < RENEW_AFTER_SECONDS) return newest;
    const mark = issueVisitorMark(now);
    const { res } = req;
    // Browsers drop `Secure` cookies over plain http, and a response that has begun takes no more headers.
    const isDropped = settings.secure && connectionOf(req) === 'insecure';
    if (res?.headersSent === false && !isDropped) setVisitorCookie(settings, res, mark);
    return mark;
  }

  return {
    visitor: (req: Request): string => currentMark(req).id,
    sentVisitors: (req: Request): readonly string[] =>
      readVisitorMarks(settings, req, clock.now()).map(({ id }) => id),
    /** The same however often a request asks for it. */
    token(req: Request): string {
      const state = stateOf(req);
      return (state.visitorToken ??= writeVisitorHalf(keyRing, 'form', currentMark(req)));
    },
    /** Throws if the form's half has expired, or the browser does not have the other half. */
    check(req: Request, submitted: string): void {
      const now = clock.now();
      const mark = readVisitorHalf(keyRing, 'form', submitted);
      const sendsCookies = req.get('cookie') !== undefined;
      // The token of a session: one that just began and lost its cookie, or one that has ended.
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
    leave(req: Request): void {
      stateOf(req).visitorToken = undefined;
    },
  };
}

function submittedToken(req: Request): string | undefined {
  const submitted = req.get(HEADER) ?? fieldOf(req.body, FIELD);
  return typeof submitted === 'string' && submitted !== '' ? submitted : undefined;
}

/** What the cookies of visitors are made with. */
interface VisitorCookieSettings {
  readonly keyRing: KeyRing;
  readonly secure: boolean;
}

/** More than a browser gets by opening pages; the rest was planted. */
const MOST_COOKIES = 8;

const COOKIE = /^([\w-]+-[0-9a-f]{8})=([0-9a-f]{64})$/;

/** Over TLS the prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2). */
function cookiePrefix({ secure }: VisitorCookieSettings): string {
  return secure ? '__Host-mfa-visitor-' : 'mfa-visitor-';
}

/**
 * Each mark has a cookie of its own: two tabs that a browser opens at once, without a cookie yet, would otherwise overwrite
 * each other's.
 */
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

/** `Lax`, so that a link from another site finds the cookie and adds none. */
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
