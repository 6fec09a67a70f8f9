import type { Account } from '../../ports';
import type { Origin } from '../context';

/** The other administrators of an organization, where the host can name them; they are told of changes to one another. */
export type AdministratorsOf = (organizationId: string) => Promise<readonly Account[]>;

/** Who acts, on which organization. That they administer it has been checked. */
export interface AdminAct {
  readonly organizationId: string;
  readonly actor: Account;
  readonly origin: Origin;
  readonly administratorsOf?: AdministratorsOf;
}

/** The same, on one member. */
export interface MemberAdminAct extends AdminAct {
  readonly userId: string;
}
