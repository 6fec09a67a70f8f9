import type { Request } from 'express';
import type { Policy } from '../../core/policy/policy';
import { effectivePolicy } from '../../flows/context/gather-facts';
import type { FindAdministered } from '../../flows/context/gather-setup-facts';
import type { HttpContext } from '../kernel/http-context';

/** The first of these organizations that has MFA on, by its policy. `own` is known already. */
export async function findPolicyWithMfaOn(
  context: HttpContext,
  organizations: readonly { readonly id: string }[],
  own: Policy,
): Promise<Policy | null> {
  const policies = await Promise.all(
    organizations.map(async ({ id }) =>
      id === own.organizationId ? own : effectivePolicy(context, await context.records.findPolicy(id)),
    ),
  );
  return policies.find(({ enabled }) => enabled) ?? null;
}

interface AdministeringPage {
  readonly context: HttpContext;
  readonly req: Request;
  readonly returnTo: string | null;
}

/** Any organization with MFA on that the person administers: for setting up and changing factors. */
export function administeredBy({ context, req }: AdministeringPage): FindAdministered {
  return async (own) => findPolicyWithMfaOn(context, await organizationsOf(context, req), own);
}

/**
 * The one that the person is on the way to. A page of the host's, and an organization with MFA off, want the password of people whose
 * own organization has MFA off; a factor given instead would lead back here for ever.
 */
export function administeredNext({ context, req, returnTo }: AdministeringPage): FindAdministered {
  const { adminPath, pagesPath } = context.options;
  const [path = ''] = (returnTo ?? '').split('?');
  const isOurs = path === adminPath || path.startsWith(`${pagesPath}/`);
  const [, encodedId] = path.startsWith(`${adminPath}/`) ? path.slice(adminPath.length).split('/') : [];
  return async (own) => {
    if (!isOurs && encodedId === undefined) return null;
    const all = await organizationsOf(context, req);
    const next = isOurs ? all : all.filter(({ id }) => encodeURIComponent(id) === encodedId);
    return findPolicyWithMfaOn(context, next, own);
  };
}

async function organizationsOf(
  context: HttpContext,
  req: Request,
): Promise<readonly { readonly id: string }[]> {
  const lists = await Promise.all(context.administration.map((list) => list(req)));
  return lists.flat();
}
