import { ConfigurationError } from '../core/errors';
import { hostIdText } from '../core/text/host-id';
import type { Actor, OutsideActor } from '../flows/admin/admin-authority';
import type { FlowContext } from '../flows/context/context';
import type { Account } from '../options/ports';

/** The actor of an event if the host does not name one. */
const HOST = 'host';

/** An actor who is named in events only. */
export function outsideActor(context: FlowContext, actorId: HostId | undefined): OutsideActor {
  if (actorId === undefined) return { id: HOST, name: context.options.issuer, outside: true };
  const id = idText(actorId);
  return { id, name: id, outside: true };
}

/**
 * The actor of a call in the host's own code. A name that the user table does not know, such as that of a job, is used as it is, and
 * so is one that the table cannot look up, because it may expect ids of another form.
 */
export async function resolveActor(context: FlowContext, actorId: HostId | undefined): Promise<Actor> {
  const outside = outsideActor(context, actorId);
  if (actorId === undefined) return outside;
  const known = await context.directory.find(outside.id).catch(() => undefined);
  return known?.account ?? outside;
}

/** Arguments were checked before; the items of an iterable were not. */
export function idText(id: HostId): string {
  const text = hostIdText(id);
  if (text !== null) return text;
  throw new ConfigurationError('id', `a ${typeof id} was passed. It must be a text or a whole number.`);
}

/**
 * The organization of this person's events. A failing user table is ignored, because the sessions of a deleted user must end, too.
 */
export async function organizationOf(context: FlowContext, userId: string): Promise<string> {
  const known = await context.directory.find(userId).catch(() => undefined);
  return known?.account.organizationId ?? 'default';
}

/** The person, if the user table has them in the named organization, or in any if none is named. */
export async function findMemberAccount(
  context: FlowContext,
  { userId, organizationId }: MemberId,
): Promise<Account | null> {
  const known = await context.directory.find(idText(userId));
  if (known === undefined) return null;
  const { account } = known;
  return organizationId === undefined || idText(organizationId) === account.organizationId ? account : null;
}

/**
 * An id as the host has it. Ids are compared as text. At run time an object with its own `toString`, such as an ObjectId, is
 * accepted, too.
 */
export type HostId = string | number | bigint;
/** Names one member of one organization. */
export interface MemberId {
  readonly userId: HostId;
  /** Default: the organization that the user table has for the person. */
  readonly organizationId?: HostId;
}

/** The actor in events and notices: an id of the host's user table, or any other name. Default: the host itself. */
export interface ActorOptions {
  readonly actorId?: HostId;
}
