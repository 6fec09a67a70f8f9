import type { Request as IncomingRequest } from 'express';
import { parseAddress } from '../../core/address/network-address';
import { cutText, parseLocalPath } from '../../core/text/typed-text';
import type { AuthSubject, FlowContext, Origin, SessionGrant } from '../../flows/context/context';
import type { Gathered, PrefetchedRecords } from '../../flows/context/gather-facts';
import type { Translator } from '../../messages/translator';
import type { Account } from '../../options/ports';
import { publicPath } from '../../options/resolve-options';
import type { MfaSessionData } from '../session/session-data-text';

const LONGEST_USER_AGENT = 200;
/** Longer than any IP address. A proxy may send text that is not an address. */
const LONGEST_ADDRESS = 64;

/** The address is Express's `req.ip`, so headers count only as far as the host's `trust proxy` allows. */
export function originOf(req: IncomingRequest): Origin {
  const { ip = '' } = req;
  return {
    address: parseAddress(ip) ?? onOneLine(ip, LONGEST_ADDRESS),
    userAgent: onOneLine(userAgentOf(req) ?? '', LONGEST_USER_AGENT),
  };
}

/** A request that does not pass through Express, such as a WebSocket upgrade, has headers but no `get`. */
function userAgentOf(req: IncomingRequest): string | undefined {
  return Reflect.has(req, 'get') ? req.get('user-agent') : req.headers['user-agent'];
}

/** Control characters could forge lines in a log. */
function onOneLine(text: string, longest: number): string {
  return cutText(text.replaceAll(/\p{Cc}/gu, ' '), longest);
}

/** The value of a cookie as it was sent. */
export function cookieOf(req: IncomingRequest, name: string): string | undefined {
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The local path in `returnTo`, or null. */
export function requestedReturnTo(req: IncomingRequest): string | null {
  return parseLocalPath(fieldOf(req.body, 'returnTo')) ?? parseLocalPath(req.query['returnTo']);
}

/** The path of this request, to return to it; null unless it is a GET. */
export function returnToHere({ options }: Pick<FlowContext, 'options'>, req: IncomingRequest): string | null {
  if (req.method !== 'GET' && req.method !== 'HEAD') return null;
  const path = parseLocalPath(req.originalUrl);
  return path === null ? null : publicPath(options, path);
}

export function withReturnTo(path: string, returnTo: string | null): string {
  return withQuery(path, { returnTo });
}

/** Adds the parameters that are not null to a path, which may already have a query. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  if (given.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(given).toString()}`;
}

/** One own field of a body of unknown shape. */
export function fieldOf(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  return Reflect.get(body, name);
}

/** A text field; empty if it is absent or not text. */
export function textField(body: unknown, name: string): string {
  const value = fieldOf(body, name);
  return typeof value === 'string' ? value : '';
}

/** The grant for the session that a login is about to create, and the data it keeps from the old session. */
export interface ExpectedLogin {
  readonly grant: SessionGrant;
  readonly keep: Partial<MfaSessionData>;
}

/** Stored on the request itself, because weak maps slow down every garbage collection. */
export interface RequestState {
  /** The text of the session data that was read last, and its parsed form. */
  sessionData: { readonly text: string; readonly sessionData: MfaSessionData } | undefined;
  /** Records that were read together with the session. */
  reads: PrefetchedRecords | undefined;
  /** The facts that the guard read, so that the route does not have to read them again. */
  facts: Gathered | undefined;
  /** The name of the session cookie, if `mfa.sessions()` sets it. It expires with the session, and signing out clears it. */
  ownCookie: string | undefined;
  /** Whether the session came from our own store. */
  loaded: boolean;
  /** Whether the caller that requests a new session id also saves the new session before the response. */
  savesNext: boolean;
  /** The id of the session whose changed data is not stored yet. */
  unstoredIn: string | undefined;
  /** The remembered browser that gets its next token with this response. */
  givenBrowser: string | undefined;
  /** Continues to the path by a page, if this page's policy would block a redirect. Returns false if a redirect works. */
  continueByPage: ((path: string) => boolean) | undefined;
  /** How many session id changes by us are in progress. */
  renewing: number;
  /** Set by the strategy and the pages before they call `req.logIn`. */
  expected: ExpectedLogin | undefined;
  /** The state of a `req.logIn` call during this request. */
  login: 'none' | 'under-way' | 'done';
  /** The functions that Passport or the host set on the request under these names. */
  readonly given: { logIn?: unknown; logOut?: unknown };
  userLoggingOut: Express.User | null | undefined;
  /** The token in the forms of this response if there is no session. */
  visitorToken: string | undefined;
  /** Whether the body was read before our own parsers ran. */
  bodyReadBefore: boolean | undefined;
  /** The organization whose brand the response has; null until the user is known. */
  organizationId: string | null;
  translator: Translator | undefined;
}

const STATE: unique symbol = Symbol('express-mfa');

declare module 'express-serve-static-core' {
  interface Request {
    [STATE]?: RequestState;
  }
}

export function stateOf(req: IncomingRequest): RequestState {
  return (req[STATE] ??= {
    sessionData: undefined,
    reads: undefined,
    facts: undefined,
    ownCookie: undefined,
    loaded: false,
    savesNext: false,
    unstoredIn: undefined,
    givenBrowser: undefined,
    continueByPage: undefined,
    renewing: 0,
    expected: undefined,
    login: 'none',
    given: {},
    userLoggingOut: undefined,
    visitorToken: undefined,
    bodyReadBefore: undefined,
    organizationId: null,
    translator: undefined,
  });
}

/** Returns the prefetched records only once: later reads must see what this request has written. */
export function takePrefetchedRecords(req: IncomingRequest): PrefetchedRecords | undefined {
  const state = stateOf(req);
  const { reads } = state;
  state.reads = undefined;
  return reads;
}

/** Converts the error argument of a callback, which can be any value. */
export function toError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error('A callback failed with a value that is not an Error.', { cause: error });
}

/** Ignores case and a trailing slash, unless the host enabled `case sensitive routing` or `strict routing`. */
function isSamePath({ app }: Pick<IncomingRequest, 'app'>, one: string, other: string): boolean {
  const fold = (path: string): string => {
    const ended = app.enabled('strict routing') ? path : path.replace(/(?<=.)\/$/, '');
    return app.enabled('case sensitive routing') ? ended : ended.toLowerCase();
  };
  return fold(one) === fold(other);
}

/** Whether a path of this request equals a path of the options, with or without the prefix that a proxy strips. */
export function isOptionPath(
  { options }: Pick<FlowContext, 'options'>,
  req: IncomingRequest,
  paths: { readonly requested: string; readonly option: string },
): boolean {
  return isSamePath(req, publicPath(options, paths.requested), publicPath(options, paths.option));
}

interface WithSession {
  readonly session: object | null | undefined;
}

/** The session key where Passport stores the user, unless it was configured with another. */
const KEY = 'passport';

/** The user of this session as Passport serialized it; undefined if nobody is signed in. */
export function signedInUser({ session }: WithSession): unknown {
  const kept: unknown = session === undefined || session === null ? undefined : Reflect.get(session, KEY);
  return typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'user') : undefined;
}

export function hasSignedInUser(req: WithSession): boolean {
  const user = signedInUser(req);
  return user !== undefined && user !== null;
}

export function forgetSignedInUser({ session }: WithSession): void {
  if (session !== undefined && session !== null) Reflect.deleteProperty(session, KEY);
}

/** It does, unless the person unticked the box that was shown, or JSON has `endOthers: false`. */
export function wantsOthersEnded(body: unknown): boolean {
  const ticked = fieldOf(body, 'endOthers');
  if (ticked === false) return false;
  return ticked !== undefined || fieldOf(body, 'endOthersShown') === undefined;
}

export type RequestIdentity =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'known';
      readonly subject: AuthSubject;
      readonly account: Account;
      readonly user: Express.User;
    };

export const ANONYMOUS: RequestIdentity = { kind: 'anonymous' };

/** The organization whose brand a page for this person has; null if the person is unknown. */
export function organizationOf(identity: RequestIdentity): string | null {
  return identity.kind === 'known' ? identity.account.organizationId : null;
}
