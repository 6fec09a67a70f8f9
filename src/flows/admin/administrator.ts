import type { Account } from '../../ports';
import type { Origin } from '../context';

/** The other administrators of an organization, where the host can name them; they are told of changes to one another. */
export type AdministratorsOf = (organizationId: string) => Promise<readonly Account[]>;

/** Who acts without being in the host's user table: the host itself, or an operator that it names. */
export interface OutsideActor {
  readonly id: string;
  readonly name: string;
  readonly outside: true;
}

export type Actor = Account | OutsideActor;

/** Who acts, on which organization. That they may has been checked. */
export interface AdminAct {
  readonly organizationId: string;
  readonly actor: Actor;
  /** Null where no request is behind it. */
  readonly origin: Origin | null;
  readonly administratorsOf?: AdministratorsOf;
  /** Every organization that the actor administers. */
  readonly administers?: readonly string[];
}

/** The same, on one member. */
export interface MemberAdminAct extends AdminAct {
  readonly userId: string;
  /** The host's own code answers for every organization of the person. */
  readonly everywhere?: boolean;
}
