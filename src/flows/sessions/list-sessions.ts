import { areEpochsCurrent, isSessionExpired } from '../../core/decision/session-lifetime';
import type { Account } from '../../options/ports';
import type { SessionEntry } from '../../stores/state-store';
import { readMembers, readPolicyContext } from '../admin/read-members';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';

type LifeFacts = Pick<Gathered, 'member' | 'policy' | 'now'>;

/** Ending many sessions by an epoch leaves their entries behind, so each entry is compared with the current epochs. */
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

/** For a session of another organization, only the user's epoch is compared. */
export function isLive(entry: SessionEntry, { member, policy, now }: LifeFacts): boolean {
  const { epochs, organizationId, expiresAt } = entry;
  const isOfThis = organizationId === member.organizationId;
  if (now >= expiresAt || (isOfThis && isSessionExpired(entry, policy.policy, now))) return false;
  const organization = isOfThis ? policy.epoch : epochs.organization;
  return areEpochsCurrent(epochs, { user: member.epoch, organization });
}

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

export interface ListedSession {
  readonly account: Account;
  readonly session: SessionEntry;
}

export interface SessionPage {
  readonly sessions: readonly ListedSession[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** Members without a session are skipped, but one page reads at most this many pages of the host's table. */
const MOST_HOST_PAGES = 5;

/** In the order of the host's table, last seen first. `limit` counts members: a member's sessions are on one page. */
export async function listOrganizationSessions(
  context: FlowContext,
  query: {
    readonly organizationId: string;
    /** Searches names and addresses with the host's directory. */
    readonly search: string;
    readonly cursor: string;
    readonly limit: number;
  },
): Promise<SessionPage> {
  const { organizationId, search, limit } = query;
  const policyContext = readPolicyContext(context, organizationId);
  let { cursor } = query;
  for (let pages = 1; ; pages += 1) {
    // oxlint-disable-next-line no-await-in-loop
    const { accounts, nextCursor } = await context.directory.list({
      organizationId,
      limit,
      ...(search === '' ? {} : { query: search }),
      ...(cursor === '' ? {} : { cursor }),
    });
    // oxlint-disable-next-line no-await-in-loop
    const members = await readMembers(context, { organizationId, accounts, policyContext });
    // oxlint-disable-next-line no-await-in-loop
    const [policy, entries] = await Promise.all([
      policyContext.then((read) => read.policy),
      Promise.all(members.map(({ account }) => context.state.listSessions(account.id))),
    ]);
    const now = context.clock.now();
    const sessions = members.flatMap(({ account, record }, place) =>
      (entries[place] ?? [])
        // Administrators do not see sessions that started in another organization.
        .filter((session) => session.organizationId === organizationId)
        .filter((session) => isLive(session, { member: record, policy, now }))
        .map((session) => ({ account, session })),
    );
    if (nextCursor === undefined) return { sessions };
    if (sessions.length > 0 || pages === MOST_HOST_PAGES) return { sessions, nextCursor };
    cursor = nextCursor;
  }
}
