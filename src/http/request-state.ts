import type { Request as IncomingRequest } from 'express';
import type { Grant } from '../flows/bearer';
import type { EarlyReads, Gathered } from '../flows/gather-facts';
import type { MfaSlot } from './session-slot';

/** What the session that a login is about to make is granted with, and what it keeps of the one before. */
export interface ExpectedLogin {
  readonly grant: Grant;
  readonly keep: Partial<MfaSlot>;
}

/**
 * What is known of a request so far. It stands on the request itself: maps that hold requests weakly are gone through at
 * every collection of garbage.
 */
export interface RequestState {
  /** The text of the slot that was read last, and what it says. */
  slot: { readonly text: string; readonly slot: MfaSlot } | undefined;
  /** What was read along with the session. */
  reads: EarlyReads | undefined;
  /** What the guard read for a request that it let through, so that the route behind it need not read it again. */
  facts: Gathered | undefined;
  /** The session came from our own store. */
  loaded: boolean;
  /** Whoever asks for a new session id saves the new session before anything is answered. */
  savesNext: boolean;
  /** The id of the session in which our data was changed and not stored since. */
  unstoredIn: string | undefined;
  /** The remembered browser that is given its next token with this answer. */
  givenBrowser: string | undefined;
  /** Goes on to a path by a page where a redirect would be stopped; false where a redirect will do. */
  leave: ((path: string) => boolean) | undefined;
  /** Changes of the session id under way that are ours. */
  renewing: number;
  /** Set by the strategy and the pages for the `req.logIn` that they lead to. */
  expected: ExpectedLogin | undefined;
  /** The login of this request that was seen: under way, or done. */
  login: 'none' | 'under-way' | 'done';
  /** What Passport or the host has put on the request by these names. */
  readonly given: { logIn?: unknown; logOut?: unknown };
  /** Who is being logged out. */
  leaver: Express.User | null | undefined;
  /** What the forms of this answer carry where there is no session. */
  visitorToken: string | undefined;
  /** The body was read before it came to our own parsers. */
  bodyReadBefore: boolean;
}

const STATE: unique symbol = Symbol('express-mfa');

declare module 'express-serve-static-core' {
  interface Request {
    [STATE]?: RequestState;
  }
}

export function stateOf(req: IncomingRequest): RequestState {
  return (req[STATE] ??= {
    slot: undefined,
    reads: undefined,
    facts: undefined,
    loaded: false,
    savesNext: false,
    unstoredIn: undefined,
    givenBrowser: undefined,
    leave: undefined,
    renewing: 0,
    expected: undefined,
    login: 'none',
    given: {},
    leaver: undefined,
    visitorToken: undefined,
    bodyReadBefore: false,
  });
}

/** Hands the reads over, once: what is asked later in a request must see what the request did. */
export function takeEarlyReads(req: IncomingRequest): EarlyReads | undefined {
  const state = stateOf(req);
  const { reads } = state;
  state.reads = undefined;
  return reads;
}
