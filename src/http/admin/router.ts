import express from 'express';
import type { Router } from 'express';
import { checkCsrf } from '../kernel/check-csrf';
import { keepFormsHere, pageHeaders } from '../kernel/headers';
import type { HttpContext } from '../kernel/http-context';
import { requireMountPath } from '../kernel/mounts';
import { answerError } from '../pages/answer-error';
import { answerUnknown, bodyParsers, neverStore } from '../pages/router';
import type { AdminPagesOptions } from './admin-options';
import { availableOrganizations } from './available-organizations';
import { addDisableRoutes } from './disable';
import { addEventRoutes } from './events';
import { addMemberActRoutes } from './member-acts';
import { addMemberRoutes } from './members';
import { addOrganizationRoutes } from './organizations';
import { addOverviewRoutes } from './overview';
import { addPolicyRoutes } from './policy';
import { addSessionsRoutes } from './sessions';

/** The administrators' pages and their JSON twins. Everything below an organization's id is checked against it. */
export function createAdminRouter(context: HttpContext, options: AdminPagesOptions): Router {
  const routes = { context, options };
  context.administration.push((req) => availableOrganizations(context, options, req));
  const router = express.Router();
  router.use(function checkMountPath(req, _res, next) {
    requireMountPath(req, {
      path: context.options.adminPath,
      option: 'adminPath',
      router: 'mfa.adminPages()',
    });
    next();
  });
  router.use(pageHeaders(context), keepFormsHere(context), neverStore, ...bodyParsers(), checkCsrf(context));
  addOrganizationRoutes(router, routes);
  addOverviewRoutes(router, routes);
  addPolicyRoutes(router, routes);
  addDisableRoutes(router, routes);
  addMemberRoutes(router, routes);
  addMemberActRoutes(router, routes);
  addSessionsRoutes(router, routes);
  addEventRoutes(router, routes);
  router.use(answerUnknown);
  router.use(answerError(context));
  return router;
}
