import type { Request, RequestHandler } from 'express';
import { asStepUp, type Decision } from '../../core/decision/decide';
import { MfaError } from '../../core/errors';
import type { Policy } from '../../core/policy/policy';
import {
  findPolicyWithMfaOn,
  judgeAdministrator,
  refuseSession,
  type AdminAct,
  type AdministratorsOf,
} from '../../flows/admin/admin-authority';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { knownPageRoute, refuse, type KnownPageRequest } from '../kernel/page-route';
import { refuseRequest } from '../kernel/refusals';
import { originOf, returnToHere } from '../kernel/request';
import { dropSavedForm, findSavedForm, keepForm } from '../session/saved-form';
import type { SavedForm } from '../session/session-data-text';
import { noteSeen } from '../sign-in/guard';
import {
  administratorsFrom,
  availableOrganizations,
  type AdminPagesOptions,
  type Organization,
} from './admin-options';

/** What the administrators' routes are made with. */
export interface AdminRoutes {
  readonly context: HttpContext;
  readonly options: AdminPagesOptions;
}

/** A request by somebody whose session may look at what they administer. */
export interface AdministratorPage extends KnownPageRequest {
  readonly options: AdminPagesOptions;
  readonly gathered: Gathered;
  readonly organizations: readonly Organization[];
  /** The policy of the organization in the path where it has MFA on. Null otherwise: the password is enough there. */
  readonly administered: Policy | null;
}

/** The same, about one organization that they administer. */
export interface AdminPage extends AdministratorPage {
  readonly organization: Organization;
  /** Path of the organization's pages. */
  readonly basePath: string;
  readonly act: AdminAct & { readonly administratorsOf: AdministratorsOf };
  /** What stands between this person and a change; null where the last proof is fresh. */
  readonly unproven: Decision | null;
  /** What was sent before the proof, on the page to which the proof led back. */
  readonly kept: SavedForm | null;
}

/** Everything the person administers; a session that may not look is led to where it can. */
export function administratorRoute(
  { context, options }: AdminRoutes,
  handle: (page: AdministratorPage) => Promise<void>,
): RequestHandler {
  return knownPageRoute(context, async (page) => {
    const opened = await openPage(page, options);
    if (opened !== null) await handle(opened);
  });
}

/** A page about the organization in the path. Another one, and one that there is not, are answered alike. */
export function readRoute(routes: AdminRoutes, handle: (page: AdminPage) => Promise<void>): RequestHandler {
  return administratorRoute(routes, async (page) => handle(openOrganization(page)));
}

/** A change needs a fresh proof. `back` is the page, below the organization's, on which the person goes on after it. */
export function changeRoute(
  routes: AdminRoutes,
  back: (page: AdminPage) => string,
  handle: (page: AdminPage) => Promise<void>,
): RequestHandler {
  return readRoute(routes, async (page) => {
    if (page.unproven !== null) return refuseChange(page, page.unproven, `${page.basePath}${back(page)}`);
    dropSavedForm(page.req);
    return handle(page);
  });
}

/** After the proof the person finds the form as it was sent. */
function refuseChange(page: AdminPage, decision: Decision, path: string): Promise<void> {
  const goesOn = decision.outcome === 'challenge' || decision.outcome === 'enroll';
  const { req, json, gathered } = page;
  return refuseUnproven(page, decision, goesOn && !json ? keepForm(req, { path, now: gathered.now }) : path);
}

export function refuseUnproven(page: KnownPageRequest, decision: Decision, returnTo: string): Promise<void> {
  const { context, req, res, identity } = page;
  return refuseRequest(context, { req, res, identity, decision, returnTo });
}

async function openPage(
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
  await noteSeen(context, req, subject, gathered);
  const organizations = await availableOrganizations(context, options, req);
  const administered = await findAdministered(context, { req, organizations, own: gathered.policy.policy });
  const authority = judgeAdministrator({ subject, gathered, act: 'read', administered });
  if (authority.outcome === 'refused') {
    await refuseUnproven(
      page,
      asStepUp(authority.decision),
      returnToHere(context, req) ?? startOf(context, req),
    );
    return null;
  }
  return { ...page, options, gathered, organizations, administered };
}

/** The page to begin with, for a form that cannot be gone back to. */
function startOf(context: HttpContext, { params: { organizationId } }: Request): string {
  return typeof organizationId === 'string'
    ? organizationPath(context, organizationId)
    : context.options.adminPath;
}

/**
 * The policy of the organization in the path, or on the chooser of one that has MFA on; null where there is none with MFA on.
 * An organization of somebody else is not looked at, so that nothing is learned of its policy.
 */
function findAdministered(
  context: HttpContext,
  {
    req,
    organizations,
    own,
  }: { readonly req: Request; readonly organizations: readonly Organization[]; readonly own: Policy },
): Promise<Policy | null> {
  const { organizationId } = req.params;
  const named = organizations.filter(({ id }) => organizationId === undefined || id === organizationId);
  return findPolicyWithMfaOn(context, named, own);
}

function openOrganization(page: AdministratorPage): AdminPage {
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

/** A parameter of the path; Express has decoded it. */
export function pathParameter(page: AdminPage, name: string): string {
  const value: unknown = page.req.params[name];
  return typeof value === 'string' ? value : '';
}

/** The form that the page shows again: as it was just sent, or as it was before the proof. */
export function sentForm({ req, kept }: AdminPage): unknown {
  return kept === null ? req.body : kept.fields;
}
