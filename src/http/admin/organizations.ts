import type { Router } from 'express';
import { show } from '../kernel/page-route';
import { refusePlainly } from '../kernel/page-route';
import {
  administratorRoute,
  organizationPath,
  type AdminRoutes,
  type AdministratorPage,
} from './admin-route';

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
