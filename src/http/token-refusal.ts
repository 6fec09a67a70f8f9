import type { Request } from 'express';
import { MfaError } from '../errors';
import { stateOf } from './request-state';
import { sentenceFor } from './sentences';

/** Why a request without its right token was refused. One sentence each. */
export const TOKEN_REFUSALS = [
  'other-site',
  'other-address',
  'cookie-missing',
  'token-missing',
  'body-unread',
  'page-too-old',
  'session-changed',
] as const;

export type TokenRefusal = (typeof TOKEN_REFUSALS)[number];

export function refuseToken(reason: TokenRefusal): MfaError {
  return new MfaError('csrf-token-refused', sentenceFor(reason), { reason });
}

/** The reason of a refused token; null for every other error. */
export function tokenRefusalOf(error: unknown): TokenRefusal | null {
  if (!(error instanceof MfaError) || error.code !== 'csrf-token-refused') return null;
  return TOKEN_REFUSALS.find((reason) => reason === error.reason) ?? null;
}

/** There is no token: it was not sent, or nobody here has read it. */
export function missingTokenReason(req: Request): TokenRefusal {
  const hasBody = Number(req.get('content-length') ?? 0) > 0 || req.get('transfer-encoding') !== undefined;
  if (!hasBody) return 'token-missing';
  const body: unknown = req.body;
  const isRead = typeof body === 'object' && body !== null && !ArrayBuffer.isView(body);
  if (!isRead) return 'body-unread';
  if (Object.keys(body).length > 0) return 'token-missing';
  // JSON may be empty in itself; a form that has a length has fields.
  const isEmptyJson = Boolean(req.is('application/json')) && !stateOf(req).bodyReadBefore;
  return isEmptyJson ? 'token-missing' : 'body-unread';
}
