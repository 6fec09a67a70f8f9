import type { EnrollableKind } from '../../core/factor-kind';
import type { Gathered } from '../../flows/gather-facts';
import { readSlot } from '../session-slot';
import { suggestLabel } from './authenticator-label';
import type { KnownPageRequest } from './page-route';

/**
 * What is asked beside the code where a person who has a factor adds or changes one: its name, and whether everything
 * else that is signed in ends. Null in the wizard, where there is nothing yet to tell it apart from.
 */
export function describeAddition(
  { req, visitor }: KnownPageRequest,
  { member }: Gathered,
  kind: EnrollableKind,
): { readonly suggestedLabel: string } | null {
  const { wizard, replacing } = readSlot(req);
  const { authenticators } = member;
  if (visitor.bearer.standing === 'pending' || wizard !== undefined || authenticators.length === 0)
    return null;
  const old = authenticators.find(({ id, kind: own }) => id === replacing?.authenticatorId && own === kind);
  return { suggestedLabel: old?.label ?? suggestLabel(kind, authenticators) };
}
