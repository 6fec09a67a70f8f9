import type { Request } from 'express';
import { enrollableKinds, hasFactor } from '../../core/decision/usable-factors';
import { parseLocalPath } from '../../core/text/local-path';
import { gatherFacts } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { withReturnTo } from '../kernel/request';
import { storeChanges } from '../session/renew-session';
import { resolveIdentity } from '../session/resolve-identity';
import { updateSessionData } from '../session/session-data';

export interface OnboardingOptions {
  /** A local path. */
  readonly returnTo?: string;
}

/**
 * Where a person goes after signing up: to the enrollment, if the organization has it in its sign-up and there is a factor to set up, otherwise
 * straight on.
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
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return onwards;
  const { facts } = await gatherFacts(context, identity.account, identity.subject);
  const { enabled, enrollAtSignUp } = facts.policy;
  const wanted = facts.featureAvailable && enabled && enrollAtSignUp && !facts.federated;
  if (!wanted || hasFactor(facts) || enrollableKinds(facts).length === 0) return onwards;
  updateSessionData(req, { onboarding: true });
  return withReturnTo(`${context.options.pagesPath}/enroll`, onwards);
}
