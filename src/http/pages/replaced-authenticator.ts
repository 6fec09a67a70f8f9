import type { EnrollableKind } from '../../core/factor-kind';
import type { Gathered } from '../../flows/gather-facts';
import { field } from './page-route';
import type { KnownPageRequest } from './page-route';

/** The authenticator that a new one is to take the place of. */
export interface Replaced {
  readonly authenticatorId: string;
  readonly destination: string;
}

export type ReplacedFound =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'found'; readonly replaced: Replaced }
  /** Not one of the person's own, or of another kind. */
  | { readonly outcome: 'unknown' };

/** Reads which authenticator is to be replaced: from the form, or from the link that leads to it. */
export function findReplaced(
  page: KnownPageRequest,
  { member }: Gathered,
  kind: EnrollableKind,
): ReplacedFound {
  const { replaces: linked } = page.req.query;
  const posted = field(page, 'replaces');
  const authenticatorId = posted === '' && typeof linked === 'string' ? linked : posted;
  if (authenticatorId === '') return { outcome: 'none' };
  const own = member.authenticators.find((one) => one.id === authenticatorId && one.kind === kind);
  if (own === undefined) return { outcome: 'unknown' };
  return { outcome: 'found', replaced: { authenticatorId, destination: own.maskedDestination ?? own.label } };
}
