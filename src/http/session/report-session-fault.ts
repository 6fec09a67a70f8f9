import type { HttpContext } from '../kernel/http-context';

/** A host shows people a short sentence, so what is wrong with its session middleware is told to its log as well, once. */
export function reportSessionFault({ advice }: Pick<HttpContext, 'advice'>, error: unknown): void {
  advice.reportFault(error);
}
