import type { Request } from 'express';
import { hashToken } from '../core/bearer-token';
import type { FirstStep } from '../flows/first-step';
import type { HttpContext } from './http-context';
import { readSlot } from './session-slot';

/** Two clicks on one form are not further apart, with a slow network between them and us. */
const SECONDS = 10;

/**
 * How a second click on a sign-in form is told from another sign-in: it comes from the same address, with the same cookies, from a
 * program of the same name and language.
 */
export function firstStepOf(context: HttpContext, req: Request, userId: string): FirstStep {
  const { 'user-agent': userAgent = '', 'accept-language': languages = '', cookie = '' } = req.headers;
  const browser = [req.ip ?? '', userAgent, languages, cookie];
  const login = req.session?.mfa === undefined ? undefined : readSlot(req).login;
  return {
    mark: hashToken(context.keyRing, 'first-step', [userId, ...browser]),
    seconds: SECONDS,
    pendingId: login?.userId === userId ? login.pendingId : null,
  };
}
