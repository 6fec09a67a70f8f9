import type { Bearer } from '../../flows/context/auth-subject';
import type { Account } from '../../options/ports';

/** Who is at the door. */
export type Visitor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'known';
      readonly bearer: Bearer;
      readonly account: Account;
      readonly user: Express.User;
    };

export const ANONYMOUS: Visitor = { kind: 'anonymous' };
