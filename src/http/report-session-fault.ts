import { MfaError } from '../errors';
import type { HttpContext } from './http-context';

/** A host shows people a short sentence, so what is wrong with its session middleware is told to its log as well. */
export function reportSessionFault({ options }: HttpContext, error: unknown): void {
  if (!(error instanceof MfaError)) return;
  if (error.code === 'session-missing' || error.code === 'session-not-renewed') options.onError(error);
}
