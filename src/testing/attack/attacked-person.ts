import type { Mfa } from '../../api/mfa';

/** An account of the test whose password is known. It administers nothing, and nobody else uses it. */
export interface AttackedPerson {
  /** As in your user table. */
  readonly id: string;
  readonly username: string;
  readonly password: string;
  /** Default `default`. */
  readonly organizationId?: string | undefined;
}

/** What of `createMfa` is used to bring the person into each state. */
export type AttackedMfa = Pick<Mfa, 'authenticators' | 'members' | 'policies' | 'sessionsOf' | 'settled'>;
