import type { Request } from 'express';
import { ConfigurationError } from '../../errors';

/** An organization as the host knows it. */
export interface AdministeredOrganization {
  readonly id: string | number | bigint;
  readonly name: string;
  /** False hides it: the organization does not have the feature. Default true. */
  readonly featureAvailable?: boolean;
}

/** What `mfa.adminPages` takes. */
export interface AdminPagesOptions {
  /**
   * The organizations that the signed-in user of this request administers; none for everybody else. It is asked at every
   * request, and nothing outside it is ever shown or changed.
   */
  organizationsOf(
    req: Request,
  ): readonly AdministeredOrganization[] | Promise<readonly AdministeredOrganization[]>;
  /** The ids of an organization's administrators, who are told of resets and exemptions of one another. */
  administratorsOf?(
    organizationId: string,
  ): readonly (string | number | bigint)[] | Promise<readonly (string | number | bigint)[]>;
  /** What to know before MFA is switched on, such as which programs cannot ask for a code. Plain text. */
  readonly clientWarning?: string;
}

/** One organization of the administrator, with its id as text. */
export interface Organization {
  readonly id: string;
  readonly name: string;
}

export const DEFAULT_CLIENT_WARNING =
  'Programs that sign in with a password and cannot ask for a code, such as scheduled jobs and older mail clients, stop working for members who are asked. Give each of them a separate integration account, and exempt that account and no other.';

/** Told at start, and not to the first administrator who opens the list. */
export function requireUserList({ list }: { readonly list?: unknown }): void {
  if (list !== undefined) return;
  throw new ConfigurationError(
    'users.list',
    'it is missing, and the administrators’ pages list people by it. Write users: { findById, list: async ({ organizationId, query, cursor, limit }) => ({ users, nextCursor }) }.',
  );
}
