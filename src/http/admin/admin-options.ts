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

const KNOWN: readonly string[] = ['organizationsOf', 'administratorsOf', 'clientWarning'];

/** @throws ConfigurationError naming what cannot be used. */
export function checkAdminPagesOptions(options: AdminPagesOptions): AdminPagesOptions {
  if (typeof options !== 'object' || options === null || typeof options.organizationsOf !== 'function') {
    throw new ConfigurationError(
      'adminPages.organizationsOf',
      'it must be a function. Write mfa.adminPages({ organizationsOf: (req) => [{ id: "acme", name: "Acme Corp" }] }), with what the user of the request administers.',
    );
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `adminPages.${unknown}`,
      `there is no such option. The options are ${KNOWN.join(', ')}.`,
    );
  }
  const { clientWarning } = options;
  if (options.administratorsOf !== undefined && typeof options.administratorsOf !== 'function') {
    throw new ConfigurationError(
      'adminPages.administratorsOf',
      'it must be a function. Write administratorsOf: (organizationId) => ["user-id"].',
    );
  }
  if (clientWarning !== undefined && (typeof clientWarning !== 'string' || clientWarning.trim() === '')) {
    throw new ConfigurationError(
      'adminPages.clientWarning',
      'it must be a text. Write one, or leave it out.',
    );
  }
  return options;
}
