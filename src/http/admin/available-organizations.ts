import type { Request } from 'express';
import type { HttpContext } from '../kernel/http-context';
import { type AdminPagesOptions, type Organization, readOrganizations } from './admin-options';
import { hostIdText } from '../../core/text/host-id';
import type { AdministratorsOf } from '../../flows/admin/admin-authority';
export const MOST_ADMINISTRATORS = 200;

/** What the host says this person administers, without those that do not have the feature. */
export async function availableOrganizations(
  context: HttpContext,
  options: AdminPagesOptions,
  req: Request,
): Promise<readonly Organization[]> {
  const given = readOrganizations(await options.organizationsOf(req));
  const judged = await Promise.all(
    given.map(async ({ id, name, featureAvailable }) => ({
      id,
      name,
      available: featureAvailable && (await context.options.featureAvailable(id)),
    })),
  );
  return judged.filter(({ available }) => available).map(({ id, name }) => ({ id, name }));
}

/** The host names ids; those whom its table does not know any more are left out. */
export function administratorsFrom(context: HttpContext, options: AdminPagesOptions): AdministratorsOf {
  return async (organizationId) => {
    const given = (await options.administratorsOf?.(organizationId)) ?? [];
    const ids = given.map((id) => hostIdText(id)).filter((id) => id !== null);
    const found = await Promise.all(
      ids.slice(0, MOST_ADMINISTRATORS).map((id) => context.directory.find(id)),
    );
    return found.filter((known) => known !== undefined).map(({ account }) => account);
  };
}
