import type { Request } from 'express';
import type { Gathered } from '../flows/gather-facts';

/** What the guard read for a request that it let through, so that the route behind it need not read it again. */
const FACTS = new WeakMap<Request, Gathered>();

export function rememberFacts(req: Request, gathered: Gathered): void {
  FACTS.set(req, gathered);
}

export function recallFacts(req: Request): Gathered | undefined {
  return FACTS.get(req);
}
