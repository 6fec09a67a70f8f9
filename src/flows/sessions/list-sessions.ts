import { areEpochsCurrent, isSessionExpired } from '../../core/decision/session-lifetime';
import type { SessionEntry } from '../../stores/state-store';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';

/** What tells whether a session is live. */
type LifeFacts = Pick<Gathered, 'member' | 'policy' | 'now'>;

/**
 * The sessions of a person that are live, the one seen last first. Ending many sessions by an epoch leaves their entries
 * behind, so each is compared with the current ones; those of another organization only by the user's.
 */
export async function listLiveSessions(
  context: FlowContext,
  person: { readonly userId: string; readonly facts: Promise<LifeFacts> },
): Promise<readonly SessionEntry[]> {
  const [entries, { member, policy, now }] = await Promise.all([
    context.state.listSessions(person.userId),
    person.facts,
  ]);
  return entries.filter((entry) => isLive(entry, { member, policy, now }));
}

/** Whether a listed session is still live, by what the list says. Of another organization, only the user's epoch is compared. */
export function isLive(entry: SessionEntry, { member, policy, now }: LifeFacts): boolean {
  const { epochs, organizationId, expiresAt } = entry;
  const isOfThis = organizationId === member.organizationId;
  if (now >= expiresAt || (isOfThis && isSessionExpired(entry, policy.policy, now))) return false;
  const organization = isOfThis ? policy.epoch : epochs.organization;
  return areEpochsCurrent(epochs, { user: member.epoch, organization });
}

/** The live sessions of a person whose facts are not read yet. */
export async function listSessionsOfUser(
  context: FlowContext,
  { userId, organizationId }: { readonly userId: string; readonly organizationId: string },
): Promise<readonly SessionEntry[]> {
  const { records, clock } = context;
  const facts = Promise.all([
    records.findMember(userId, organizationId),
    records.findPolicy(organizationId),
  ]).then(([member, policy]) => ({ member, policy, now: clock.now() }));
  return listLiveSessions(context, { userId, facts });
}
