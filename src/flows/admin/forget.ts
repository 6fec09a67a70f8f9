import { withoutPerson } from '../../events/events';
import { MEMBER_INDEXES } from '../../records/member-index';
import type { IndexEntry } from '../../stores/record-store';
import type { FlowContext } from '../context/context';
import { NO_MARKS } from './read-members';

const BATCH = 500;

/** The organization for events of people who are no longer in the user table. */
const UNKNOWN_ORGANIZATION = 'default';

/** Changes by requests that are still running are refused. What else they write is removed by the second pass, or expires. */
export async function forgetUser(
  context: FlowContext,
  forgotten: { readonly userId: string; readonly organizationIds: readonly string[] },
): Promise<void> {
  const { userId } = forgotten;
  const organizationIds = await organizationsOf(context, forgotten);
  await removeUser(context, userId);
  await Promise.all(organizationIds.map((organizationId) => eraseFrom(context, organizationId, userId)));
  await removeUser(context, userId);
}

async function removeUser({ records, state }: FlowContext, userId: string): Promise<void> {
  await records.removeUser(userId);
  await state.forgetUser(userId);
}

async function organizationsOf(
  { directory, records, state }: FlowContext,
  { userId, organizationIds }: { readonly userId: string; readonly organizationIds: readonly string[] },
): Promise<readonly string[]> {
  const [known, recorded, sessions] = await Promise.all([
    directory.find(userId),
    records.organizationsOf(userId),
    state.listSessions(userId),
  ]);
  const account = known?.account;
  const memberships = account === undefined ? null : await directory.membershipsOf(account);
  return [
    ...new Set([
      ...organizationIds,
      ...recorded,
      ...sessions.map(({ organizationId }) => organizationId),
      ...(memberships ?? []),
      account?.organizationId ?? UNKNOWN_ORGANIZATION,
    ]),
  ];
}

async function eraseFrom(
  { records, events }: FlowContext,
  organizationId: string,
  userId: string,
): Promise<void> {
  await events.settled();
  await Promise.all([
    records.saveMemberMarks(organizationId, [{ userId, marks: NO_MARKS }]),
    records.eraseFromEvents(organizationId, userId, (event) => withoutPerson(event, userId)),
    records.eraseJobStarter(organizationId, userId),
    eraseGrantor(records, organizationId, userId),
  ]);
}

/** Exemptions that an administrator granted to others stay, without the administrator's id. */
async function eraseGrantor(
  records: FlowContext['records'],
  organizationId: string,
  grantedBy: string,
): Promise<void> {
  for await (const userIds of indexedMembers(records, organizationId, 'exempt')) {
    await Promise.all(userIds.map((userId) => records.eraseGrantor(userId, organizationId, grantedBy)));
  }
}

/** Erases an organization: its documents, indexes, events and queued work, and its data in the records of its members. */
export async function forgetOrganization(context: FlowContext, organizationId: string): Promise<void> {
  const { records, events } = context;
  for await (const userIds of membersOf(context, organizationId)) {
    await Promise.all(userIds.map((userId) => removeMembership(context, userId, organizationId)));
  }
  await events.settled();
  await Promise.all([
    records.removeOrganization(organizationId, [...MEMBER_INDEXES, ...Object.keys(NO_MARKS)]),
    records.dropJobsOf(organizationId),
    records.notices.dropOf(organizationId),
    records.webhooks.dropOf(organizationId),
    records.deadWebhooks.dropOf(organizationId),
  ]);
}

async function removeMembership(
  { records, state }: FlowContext,
  userId: string,
  organizationId: string,
): Promise<void> {
  const sessions = await state.listSessions(userId);
  const own = sessions.filter((session) => session.organizationId === organizationId);
  await Promise.all([
    records.leaveOrganization(userId, organizationId),
    ...own.map(({ handle }) => state.endSession(userId, handle)),
  ]);
}

async function* membersOf(
  { directory, records }: FlowContext,
  organizationId: string,
): AsyncGenerator<readonly string[]> {
  for (const index of ['configured', 'not-configured', 'exempt'])
    yield* indexedMembers(records, organizationId, index);
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    // oxlint-disable-next-line no-await-in-loop
    const { accounts, nextCursor } = await directory.list({ organizationId, limit: BATCH, ...from });
    yield accounts.map(({ id }) => id);
    cursor = nextCursor;
  } while (cursor !== undefined);
}

async function* indexedMembers(
  records: FlowContext['records'],
  organizationId: string,
  index: string,
): AsyncGenerator<readonly string[]> {
  let after: IndexEntry | undefined;
  do {
    const behind = after === undefined ? {} : { after };
    // oxlint-disable-next-line no-await-in-loop
    const entries = await records.listIndex({ organizationId, index, limit: BATCH, ...behind });
    if (entries.length > 0) yield entries.map(({ userId }) => userId);
    after = entries.at(-1);
  } while (after !== undefined);
}
