import type { Authenticator } from './authenticator';
import { recordSuccess, type Success } from './guess-rules';
import { changeAuthenticator, findAuthenticator, type Changed, type MemberDocument } from './member-document';

/** What an authenticator remembers of a right proof, so that the same proof is refused next time; null refuses it. */
export type AfterProof = (authenticator: Authenticator) => Partial<Authenticator> | null;

/**
 * Accepts a right proof of one authenticator, once: false where the authenticator is gone, or says that it was used before.
 * Everything else is {@link recordSuccess}.
 */
export function acceptProof(
  member: MemberDocument,
  success: Success & { readonly authenticatorId: string },
  afterProof: AfterProof,
): Changed<MemberDocument, boolean> {
  const authenticator = findAuthenticator(member, success.authenticatorId);
  const changes = authenticator === undefined ? null : afterProof(authenticator);
  if (changes === null) return { next: member, outcome: false };
  const succeeded = recordSuccess(member, success);
  return { next: changeAuthenticator(succeeded, success.authenticatorId, changes), outcome: true };
}
