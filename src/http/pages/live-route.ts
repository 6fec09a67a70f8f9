import type { RequestHandler } from 'express';
import { decide } from '../../core/decide';
import { gatherFacts } from '../../flows/gather-facts';
import type { Gathered } from '../../flows/gather-facts';
import type { HttpContext } from '../http-context';
import { knownPageRoute, refuse } from './page-route';
import type { KnownPageRequest } from './page-route';

/**
 * What an enrollment leaves in the session to be shown: codes, and where it is told. Whoever was signed out meanwhile, or has a
 * factor that was not proven, sees none of it.
 */
export function liveRoute(
  context: HttpContext,
  handle: (page: KnownPageRequest, gathered: Gathered) => Promise<void>,
): RequestHandler {
  return knownPageRoute(context, async (page) => {
    const { account, bearer } = page.visitor;
    const gathered = await gatherFacts(context, account, bearer);
    const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
    if (decision.outcome === 'allow' || decision.outcome === 'enroll') return handle(page, gathered);
    return refuse(page, decision);
  });
}
