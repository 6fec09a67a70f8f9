import type { Request, RequestHandler } from 'express';
import { asStepUp, type Decision } from '../../core/decision/decide';
import { MfaError } from '../../core/errors';
import type { Policy } from '../../core/policy/policy';
import {
  findPolicyWithMfaOn,
  judgeAdministrator,
  refuseSession,
  type AdminAct,
} from '../../flows/admin/admin-authority';
import { fingerprintTarget } from '../../flows/admin/resumed-act';
import type { AdministratorsOf } from '../../flows/context/context';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { knownPageRoute, refuse, type KnownPageRequest } from '../kernel/page-route';
import { refuseRequest } from '../kernel/refusals';
import { originOf, returnToHere } from '../kernel/request';
import { dropSavedForm, findSavedForm, saveForm } from '../session/pending-action';
import type { SavedForm } from '../session/session-data-text';
import { recordSeen } from '../sign-in/guard';
import {
  administratorsFrom,
  availableOrganizations,
  type AdminPagesOptions,
  type Organization,
} from './admin-options';
import { formSelection } from './form-fields';

export interface AdminRoutes {
  readonly context: HttpContext;
  readonly options: AdminPagesOptions;
  /** Changes that are performed right after the proof, by the route of their form. */
  readonly acts: Map<string, (page: AdminPage) => Promise<void>>;
}

export interface AdministratorPage extends KnownPageRequest {
  readonly options: AdminPagesOptions;
  readonly gathered: Gathered;
  readonly organizations: readonly Organization[];
  /** The policy of the organization in the path; null if it has MFA off and the password is enough. */
  readonly administered: Policy | null;
}

export interface AdminPage extends AdministratorPage {
  readonly organization: Organization;
  readonly basePath: string;
  readonly act: AdminAct & { readonly administratorsOf: AdministratorsOf };
  /** The proof that a change needs; null while the last proof is fresh. */
  readonly unproven: Decision | null;
  /** The form that was submitted before the proof. Set on the page that the user returns to afterwards. */
  readonly kept: SavedForm | null;
}

/** A page for administrators. A session that lacks the proof for reading is redirected to it. */
export function administratorRoute(
  { context, options }: AdminRoutes,
  handle: (page: AdministratorPage) => Promise<void>,
): RequestHandler {
  return knownPageRoute(context, async (page) => {
    const opened = await openPage(page, options);
    if (opened !== null) await handle(opened);
  });
}

/** A page about the organization in the path. Unknown and foreign organizations both answer 404. */
export function readRoute(routes: AdminRoutes, handle: (page: AdminPage) => Promise<void>): RequestHandler {
  return administratorRoute(routes, async (page) => handle(openOrganization(page)));
}

/**
 * A change, which needs a fresh proof. `back` is the page to return to after the proof, below the organization's path. A change
 * with a `route` is performed right after the proof; any other has to be submitted again on that page.
 */
export function changeRoute(
  routes: AdminRoutes,
  back: (page: AdminPage) => string,
  handle: (page: AdminPage) => Promise<void>,
  route?: string,
): RequestHandler {
  if (route !== undefined) routes.acts.set(route, handle);
  return readRoute(routes, async (page) => {
    if (page.unproven !== null)
      return refuseChange(page, page.unproven, { back: back(page), route: routeOf(page.req) });
    dropSavedForm(page.req);
    return handle(page);
  });
}

/** Saves the form and redirects to the proof. Afterwards the change is performed, or the form is shown again as it was sent. */
export async function refuseChange(
  page: AdminPage,
  decision: Decision,
  { back, route }: { readonly back: string; readonly route: string },
): Promise<void> {
  const { context, req, res, identity, json, gathered, organization, basePath } = page;
  const path = basePath + back;
  const canProve = decision.outcome === 'challenge' || decision.outcome === 'enroll';
  if (json || !canProve) return refuseUnproven(page, decision, path);
  const target = { organizationId: organization.id, userId: pathParameter(page, 'userId') || null };
  const seen = await fingerprintTarget(context, { ...target, selection: formSelection(req.body) });
  if (seen === undefined) throw new MfaError('not-found', 'There is nothing here.');
  const returnTo = saveForm(req, { ...target, route, path, seen, now: gathered.now });
  return refuseRequest(context, { req, res, identity, decision, returnTo, formKept: true });
}

/** The path of the route as it was declared. Express types `req.route` as `any`. */
function routeOf({ route }: { readonly route?: unknown }): string {
  const path: unknown = typeof route === 'object' && route !== null ? Reflect.get(route, 'path') : undefined;
  return typeof path === 'string' ? path : '';
}

export function refuseUnproven(page: KnownPageRequest, decision: Decision, returnTo: string): Promise<void> {
  const { context, req, res, identity } = page;
  return refuseRequest(context, { req, res, identity, decision, returnTo });
}

export async function openPage(
  page: KnownPageRequest,
  options: AdminPagesOptions,
): Promise<AdministratorPage | null> {
  const { context, req, identity } = page;
  const { subject, account } = identity;
  const gathered = await gatherFacts(context, account, subject);
  const refused = refuseSession(subject, gathered);
  if (refused !== null) {
    await refuse(page, refused);
    return null;
  }
  await recordSeen(context, req, subject, gathered);
  const organizations = await availableOrganizations(context, options, req);
  const administered = await findAdministered(context, { req, organizations, own: gathered.policy.policy });
  const authority = judgeAdministrator({ subject, gathered, act: 'read', administered });
  if (authority.outcome === 'refused') {
    await refuseUnproven(
      page,
      asStepUp(authority.decision),
      returnToHere(context, req) ?? firstPage(context, req),
    );
    return null;
  }
  return { ...page, options, gathered, organizations, administered };
}

/** The page to return to after a form whose URL does not answer GET. */
function firstPage(context: HttpContext, { params: { organizationId } }: Request): string {
  return typeof organizationId === 'string'
    ? organizationPath(context, organizationId)
    : context.options.adminPath;
}

/** Null if there is no such policy. Foreign organizations are not read, so nothing is revealed about their policies. */
async function findAdministered(
  context: HttpContext,
  {
    req,
    organizations,
    own,
  }: { readonly req: Request; readonly organizations: readonly Organization[]; readonly own: Policy },
): Promise<Policy | null> {
  const { organizationId } = req.params;
  const named = organizations.filter(({ id }) => organizationId === undefined || id === organizationId);
  const found = await findPolicyWithMfaOn(context, named, own);
  // The list shows only names, so any proof is enough. Each organization's own pages ask for its strength.
  return found === null || organizationId !== undefined ? found : { ...found, strength: 'any' };
}

export function openOrganization(page: AdministratorPage): AdminPage {
  const { context, req, identity, gathered, organizations, options, administered } = page;
  const { organizationId } = req.params;
  const organization = organizations.find(({ id }) => id === organizationId);
  if (organization === undefined) throw new MfaError('not-found', 'There is nothing here.');
  const { subject } = identity;
  const authority = judgeAdministrator({ subject, gathered, act: 'change', administered });
  return {
    ...page,
    organization,
    basePath: organizationPath(context, organization.id),
    unproven: authority.outcome === 'may' ? null : asStepUp(authority.decision),
    kept: req.method === 'GET' ? findSavedForm(req, context.options.adminPath + req.url, gathered.now) : null,
    act: {
      organizationId: organization.id,
      actor: identity.account,
      origin: originOf(req),
      administratorsOf: administratorsFrom(context, options),
      administers: organizations.map(({ id }) => id),
    },
  };
}

export function organizationPath(context: HttpContext, organizationId: string): string {
  return `${context.options.adminPath}/${encodeURIComponent(organizationId)}`;
}

export function pathParameter(page: AdminPage, name: string): string {
  const value: unknown = page.req.params[name];
  return typeof value === 'string' ? value : '';
}

/** The submitted form: of this request, or the one that was saved before the proof. */
export function sentForm({ req, kept }: AdminPage): unknown {
  return kept === null ? req.body : kept.fields;
}
