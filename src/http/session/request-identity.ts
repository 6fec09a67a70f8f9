import type { AuthSubject } from '../../flows/context/auth-subject';
import type { Account } from '../../options/ports';

/** The authenticated state of this request. */
export type RequestIdentity =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'known';
      readonly subject: AuthSubject;
      readonly account: Account;
      readonly user: Express.User;
    };

export const ANONYMOUS: RequestIdentity = { kind: 'anonymous' };
