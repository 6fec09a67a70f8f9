import type { Request, Router } from 'express';
import { hostIdText } from '../../core/host-id';
import type { AdministratorsOf } from '../../flows/admin/administrator';
import type { HttpContext } from '../http-context';
import { show } from '../pages/page-route';
import { readOrganizations } from './admin-options';
import type { AdminPagesOptions, Organization } from './admin-options';
import { administratorRoute, organizationPath } from './admin-route';
import type { AdministratorPage, AdminRoutes } from './admin-route';
import { refusePlainly } from './admin-page';

const MOST_ADMINISTRATORS = 200;

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

/** One organization: straight in. Several: a chooser. */
export function addOrganizationRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/', administratorRoute(routes, showOrganizations));
}

async function showOrganizations(page: AdministratorPage): Promise<void> {
  const { context, organizations, json, res } = page;
  const [first] = organizations;
  if (first === undefined) return refusePlainly(page, { because: 'not-an-administrator', status: 403 });
  if (json) {
    const listed = organizations.map(({ id, name }) => ({ id, name, next: organizationPath(context, id) }));
    res.json({ organizations: listed });
    return;
  }
  if (organizations.length === 1) {
    res.redirect(303, organizationPath(context, first.id));
    return;
  }
  await show(page, 'admin/organizations', {
    organizations: organizations.map(({ id, name }) => ({ name, path: organizationPath(context, id) })),
  });
}
