import type { Request } from 'express';
import { parseLocalPath } from '../core/local-path';
import { enrollableKinds, hasFactor } from '../core/usable-factors';
import { gatherFacts } from '../flows/gather-facts';
import type { HttpContext } from './http-context';
import { withReturnTo } from './return-to';
import { updateSlot } from './session-slot';
import { storeChanges } from './store-session';
import { identifyVisitor } from './visitor';

export interface OnboardingOptions {
  /** A local path. */
  readonly returnTo?: string;
}

/**
 * Where a person goes who has just signed up: on to protecting the account, where the organization has that in its
 * sign-up and there is something to set up, and straight on otherwise.
 */
export async function startOnboarding(
  context: HttpContext,
  req: Request,
  returnTo: string | undefined,
): Promise<string> {
  const path = await findWayOn(context, req, returnTo);
  // The host redirects next, and the browser may come back before express-session has saved.
  await storeChanges(req);
  return path;
}

async function findWayOn(context: HttpContext, req: Request, returnTo: string | undefined): Promise<string> {
  const onwards = parseLocalPath(returnTo) ?? context.options.defaultReturnTo;
  const visitor = await identifyVisitor(context, req);
  if (visitor.kind === 'anonymous') return onwards;
  const { facts } = await gatherFacts(context, visitor.account, visitor.bearer);
  const { enabled, enrollAtSignUp } = facts.policy;
  const wanted = facts.featureAvailable && enabled && enrollAtSignUp && !facts.federated;
  if (!wanted || hasFactor(facts) || enrollableKinds(facts).length === 0) return onwards;
  updateSlot(req, { onboarding: true });
  return withReturnTo(`${context.options.pagesPath}/enroll`, onwards);
}
