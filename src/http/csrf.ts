import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { MfaError } from '../errors';
import type { ResolvedOptions } from '../options';
import { fieldOf } from './return-to';
import { readSlot, updateSlot } from './session-slot';

/** Gives out and checks the token that every unsafe request carries, bound to the session. */
export interface CsrfGuard {
  readonly field: string;
  /** Makes the token of a session that is about to be stored, so that the next page need not store it once more. */
  prepare(req: Request): void;
  /** The token of this visitor; made on first use, and anew whenever the session id changes. Empty for a form of another site. */
  token(req: Request): string;
  /** Throws `csrf-token-refused`. */
  check(req: Request): void;
}

const FIELD = '_csrf';
const HEADER = 'x-csrf-token';

/** A synchronizer token in our own session slot, or the host's token where its own middleware has checked it already. */
export function createCsrfGuard(hostCsrf: ResolvedOptions['csrf']): CsrfGuard {
  if (hostCsrf !== null) {
    return {
      field: hostCsrf.field,
      prepare: () => undefined,
      token: (req) => hostCsrf.token(req),
      check: refuseCrossSite,
    };
  }
  const { generateToken, isRequestValid } = csrfSync({
    size: 32,
    getTokenFromRequest: (req) => submittedToken(req),
    getTokenFromState: (req) => readSlot(req).csrfToken,
    storeTokenInState: (req, token) => updateSlot(req, { csrfToken: token ?? undefined }),
  });
  return {
    field: FIELD,
    prepare: (req) => void generateToken(req),
    token: (req) => (isForeignForm(req) ? '' : generateToken(req)),
    check(req) {
      refuseCrossSite(req);
      const stored = readSlot(req).csrfToken;
      if (stored === undefined || submittedToken(req) === undefined || !isRequestValid(req)) throw refused();
    },
  };
}

function submittedToken(req: Request): string | undefined {
  const submitted = req.get(HEADER) ?? fieldOf(req.body, FIELD);
  return typeof submitted === 'string' && submitted !== '' ? submitted : undefined;
}

/** A browser that knows says so itself; the token is asked for all the same. */
function refuseCrossSite(req: Request): void {
  if (isCrossSite(req)) throw refused();
}

function isCrossSite(req: Request): boolean {
  return req.get('sec-fetch-site') === 'cross-site';
}

/** It comes without the visitor's cookie, so a token would begin a session and its cookie end the one that the visitor has. */
function isForeignForm(req: Request): boolean {
  return isCrossSite(req) && req.method !== 'GET' && req.method !== 'HEAD';
}

function refused(): MfaError {
  return new MfaError(
    'csrf-token-refused',
    'This page was open too long, or you signed in or out meanwhile, so nothing was done. Open it again and try once more.',
  );
}
