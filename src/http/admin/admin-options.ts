import type { Request } from 'express';
import { ConfigurationError } from '../../core/errors';
import { hostIdText } from '../../core/text/host-id';
import { findPolicyWithMfaOn } from '../../flows/admin/admin-authority';
import type { AdministratorsOf } from '../../flows/context/context';
import type { FindAdministered } from '../../flows/context/judge-access';
import { describeAnswer } from '../../options/option-check';
import type { HttpContext } from '../kernel/http-context';

/** An organization, as the host returns it. */
export interface AdministeredOrganization {
  readonly id: string | number | bigint;
  readonly name: string;
  /** False hides an organization that does not have the feature. Default true. */
  readonly featureAvailable?: boolean;
}

/** The options of `mfa.adminPages`. */
export interface AdminPagesOptions {
  /**
   * The organizations that the signed-in user of this request administers; an empty list for other users. It is called on
   * every request. No other organization is ever shown or changed.
   */
  organizationsOf(
    req: Request,
  ): readonly AdministeredOrganization[] | Promise<readonly AdministeredOrganization[]>;
  /** The ids of an organization's administrators. They get an email when one of them is reset or exempted. */
  administratorsOf?(
    organizationId: string,
  ): readonly (string | number | bigint)[] | Promise<readonly (string | number | bigint)[]>;
  /** Shown before MFA is enabled, for example which programs cannot ask for a code. Plain text. */
  readonly clientWarning?: string;
}

/** An organization that the person administers, with its id as text. */
export interface Organization {
  readonly id: string;
  readonly name: string;
}

/**
 * Reads the answer of `organizationsOf`; ids become text.
 * @throws ConfigurationError for an answer that is not a list of organizations. An id such as `[object Object]` would not be unique.
 */
export function readOrganizations(
  given: unknown,
): readonly (Organization & { readonly featureAvailable: boolean })[] {
  if (!Array.isArray(given)) throw invalidAnswer(describeAnswer(given));
  return given.map((one: unknown) => {
    const [id, name, available]: readonly unknown[] = ['id', 'name', 'featureAvailable'].map((field) =>
      Reflect.get(Object(one), field),
    );
    const text = hostIdText(id);
    if (text === null) throw invalidAnswer(`an id of type ${typeof id} was given, which has no unique text`);
    if (typeof name !== 'string') throw invalidAnswer(`a name of type ${typeof name} was given`);
    if (available !== undefined && typeof available !== 'boolean')
      throw invalidAnswer(`featureAvailable of type ${typeof available} was given`);
    return { id: text, name, featureAvailable: available !== false };
  });
}

function invalidAnswer(problem: string): ConfigurationError {
  return new ConfigurationError(
    'adminPages.organizationsOf',
    `${problem}. It must answer with a list of organizations. Write (req) => [{ id: "acme", name: "Acme Corp" }].`,
  );
}

/** Fails at startup, not when the first administrator opens a list of members. */
export function requireUserList({ list }: { readonly list?: unknown }): void {
  if (list !== undefined) return;
  throw new ConfigurationError(
    'users.list',
    'it is missing, and the pages for administrators list members with it. Write users: { findById, list: async ({ organizationId, query, cursor, limit }) => ({ users, nextCursor }) }.',
  );
}

export const MOST_ADMINISTRATORS = 200;

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

/** The accounts of an organization's administrators, without ids that the host's user table no longer has. */
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

interface AdministeringPage {
  readonly context: HttpContext;
  readonly req: Request;
  readonly returnTo: string | null;
}

/** For setting up and changing factors: the policy of any organization with MFA on that the user administers. */
export function administeredBy({ context, req }: AdministeringPage): FindAdministered {
  return async (own) => findPolicyWithMfaOn(context, await organizationsOf(context, req), own);
}

/** None for pages of the host or if MFA is off there: asking for more than the password would be a redirect loop. */
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

/** The organizations that the user of this request administers, from every `mfa.adminPages()` of the app. */
export async function organizationsOf(context: HttpContext, req: Request): Promise<readonly Organization[]> {
  const lists = await Promise.all(context.administration.map((pages) => pages.organizationsOf(req)));
  return lists.flat();
}
