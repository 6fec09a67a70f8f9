import express from 'express';
import type { Router } from 'express';
import { checkCsrf } from '../kernel/check-csrf';
import { keepFormsHere, pageHeaders } from '../kernel/headers';
import { requireMountPath, type HttpContext } from '../kernel/http-context';
import { refusePlainly, show } from '../kernel/page-route';
import type { WithPage } from '../kernel/render-page';
import { answerError } from '../pages/answer-error';
import { answerUnknown, bodyParsers, redirectToFormPage, neverStore } from '../pages/router';
import { availableOrganizations, type AdminPagesOptions } from './admin-options';
import { searchQuery } from './admin-page';
import {
  administratorRoute,
  organizationPath,
  type AdminRoutes,
  type AdministratorPage,
} from './admin-route';
import { addBulkParsers, addBulkRoutes } from './bulk';
import { addDisableRoutes } from './disable';
import { addEventRoutes } from './events';
import { addMemberActRoutes } from './member-acts';
import { addMemberRoutes } from './members';
import { addOverviewRoutes } from './overview';
import { addPolicyRoutes } from './policy';
import { resumeAct } from './resume-act';
import { addSessionsRoutes } from './sessions';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/organizations': OrganizationsLocals;
  }
}

/** Every route below an organization's id checks that the user administers this organization. */
export function createAdminRouter(context: HttpContext, options: AdminPagesOptions): Router {
  const routes: AdminRoutes = { context, options, acts: new Map() };
  context.administration.push({
    organizationsOf: (req) => availableOrganizations(context, options, req),
    resume: (req, res, form) => resumeAct(routes, { req, res, form }),
  });
  const router = express.Router();
  router.use(function checkMountPath(req, _res, next) {
    requireMountPath(req, {
      path: context.options.adminPath,
      option: 'adminPath',
      router: 'mfa.adminPages()',
    });
    next();
  });
  router.use(pageHeaders(context), keepFormsHere(context), neverStore);
  addBulkParsers(router);
  router.use(...bodyParsers(), checkCsrf(context));
  addOrganizationRoutes(router, routes);
  addOverviewRoutes(router, routes);
  addPolicyRoutes(router, routes);
  addDisableRoutes(router, routes);
  addMemberRoutes(router, routes);
  addMemberActRoutes(router, routes);
  addBulkRoutes(router, routes);
  addSessionsRoutes(router, routes);
  addEventRoutes(router, routes);
  router.use(redirectToFormPage(context.options.adminPath, PAGE_OF_FORM), answerUnknown);
  router.use(answerError(context));
  return router;
}

/** Paths that only take POST: the match is the page with the form, where a GET is redirected. */
const PAGE_OF_FORM = new RegExp(
  [
    '^/[^/]+/members/[^/]+(?=/(?:settings|exemption|exemption/end|reset|unlock|remind|end-sessions|sessions/[^/]+/end)$)',
    '^/[^/]+/sessions(?=/end-all$)',
    '^/[^/]+/policy(?=/preview$)',
  ].join('|'),
);

export interface OrganizationsLocals extends WithPage {
  /** The number of all organizations, with or without a search. */
  readonly count: number;
  readonly organizations: readonly { readonly name: string; readonly path: string }[];
  readonly query: string;
  /** Null if there are too few to search. */
  readonly searchPath: string | null;
}

/** About as many as fit on a screen. */
const MOST_WITHOUT_SEARCH = 8;

/** With one organization, redirects to it; with several, lists them. */
export function addOrganizationRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/', administratorRoute(routes, showOrganizations));
}

async function showOrganizations(page: AdministratorPage): Promise<void> {
  const { context, organizations, json, req, res, translator } = page;
  const [first] = organizations;
  if (first === undefined) return refusePlainly(page, { because: 'not-an-administrator', status: 403 });
  const query = searchQuery(req);
  const wanted = query.toLocaleLowerCase(translator.language);
  const found = organizations.filter(({ name }) =>
    name.toLocaleLowerCase(translator.language).includes(wanted),
  );
  if (json) {
    const listed = found.map(({ id, name }) => ({ id, name, next: organizationPath(context, id) }));
    res.json({ organizations: listed });
    return;
  }
  if (organizations.length === 1) {
    res.redirect(303, organizationPath(context, first.id));
    return;
  }
  await show(page, 'admin/organizations', {
    count: organizations.length,
    organizations: found.map(({ id, name }) => ({ name, path: organizationPath(context, id) })),
    query,
    searchPath: organizations.length > MOST_WITHOUT_SEARCH || query !== '' ? context.options.adminPath : null,
  });
}
