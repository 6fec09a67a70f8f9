import * as z from 'zod';
import { hostIdText } from '../core/text/host-id';
import { forgetOrganization, forgetUser } from '../flows/admin/forget';
import type { FlowContext } from '../flows/context/context';
import { requireUserList } from '../http/admin/admin-options';
import { options, verb, type RulesForCalls } from '../options/call-check';
import type { RulesFor } from '../options/option-check';
import { NO_MESSAGE } from '../options/option-kinds';
import { ORGANIZATION_ID, USER_ID } from './argument-rules';
import { idText, type HostId } from './host-actor';
import type { HostParts } from './members-api';

export interface ForgetUserOptions {
  /**
   * Further organizations that the person belonged to or administered. Those in the user table, `users.membershipsOf`, the
   * records and the sessions are always included.
   */
  readonly organizationIds?: readonly HostId[];
}

export interface UsersApi {
  /**
   * Erases a person from every store: factors, settings, sessions, links, queued notices, member lists. Events of the
   * organizations keep what happened and when, but not the person and the address. Delete the person from your user table
   * first, so that nobody can sign in with that id meanwhile. It is safe to call it again, or with an unknown id.
   * @example
   * await mfa.users.forget(user.id, { organizationIds: ['acme', 'globex'] });
   */
  forget(userId: HostId, options?: ForgetUserOptions): Promise<void>;
}

export interface OrganizationsApi {
  /**
   * Erases an organization from every store: policy, events, member lists, jobs, queued notices, and its members' settings,
   * exemptions, remembered browsers and sessions. Members keep their factors.
   * @throws ConfigurationError if `users.list` is missing.
   * @example
   * await mfa.organizations.forget('acme');
   */
  forget(organizationId: HostId): Promise<void>;
}

export interface ErasureApi {
  readonly users: UsersApi;
  readonly organizations: OrganizationsApi;
}

export function createErasureApi(context: FlowContext, { users }: Pick<HostParts, 'users'>): ErasureApi {
  return {
    users: {
      forget: (userId, { organizationIds = [] } = {}) =>
        forgetUser(context, {
          userId: idText(userId),
          organizationIds: organizationIds.map((id) => idText(id)),
        }),
    },
    organizations: {
      async forget(organizationId) {
        requireUserList(users);
        await forgetOrganization(context, idText(organizationId));
      },
    },
  };
}

export const ERASURE_RULES: RulesForCalls<ErasureApi> = {
  users: {
    forget: verb(
      USER_ID,
      options("users.forget(user.id, { organizationIds: ['acme'] })", {
        organizationIds: {
          schema: z.array(z.custom((value) => hostIdText(value) !== null, NO_MESSAGE)),
          allowed: 'a list of organization ids',
          write: "organizationIds: ['acme']",
        },
      } satisfies RulesFor<ForgetUserOptions>),
    ),
  },
  organizations: { forget: verb(ORGANIZATION_ID) },
};
