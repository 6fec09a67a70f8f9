import { areEpochsCurrent } from '../core/session-lifetime';
import type { SessionEntry } from '../stores/state-store';
import type { FlowContext } from './context';
import type { Gathered } from './gather-facts';

/**
 * The sessions of a person that are live, the one seen last first. Ending many sessions by an epoch leaves their entries
 * behind, so each is compared with the current ones; those of another organization only by the user's.
 */
export async function listLiveSessions(
  context: FlowContext,
  person: { readonly userId: string; readonly facts: Promise<Gathered> },
): Promise<readonly SessionEntry[]> {
  const [entries, { member, policy, now }] = await Promise.all([
    context.state.listSessions(person.userId),
    person.facts,
  ]);
  return entries.filter((entry) => isLive(entry, { member, policy, now }));
}

/** Whether a listed session goes on, as far as its list can tell. */
export function isLive(
  { epochs, organizationId, expiresAt }: SessionEntry,
  { member, policy, now }: Pick<Gathered, 'member' | 'policy' | 'now'>,
): boolean {
  const organization = organizationId === member.organizationId ? policy.epoch : epochs.organization;
  return now < expiresAt && areEpochsCurrent(epochs, { user: member.epoch, organization });
}
