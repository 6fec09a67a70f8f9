import { ConfigurationError } from '../core/errors';
import { hostIdText } from '../core/text/host-id';
import type { Actor, OutsideActor } from '../flows/admin/admin-authority';
import type { FlowContext } from '../flows/context/context';
import type { Account } from '../options/ports';

/** The default actor of an event. */
const HOST = 'host';

/** An actor who is not in the user table, and appears only in events. */
export function outsideActor(context: FlowContext, actorId: HostId | undefined): OutsideActor {
  if (actorId === undefined) return { id: HOST, name: context.options.issuer, outside: true };
  const id = idText(actorId);
  return { id, name: id, outside: true };
}

/**
 * The actor of a call in the host's own code. If the user table does not know the id, for example the name of a job, or if the
 * lookup fails, for example because the table expects ids of another form, the id is used as a name.
 */
export async function resolveActor(context: FlowContext, actorId: HostId | undefined): Promise<Actor> {
  const outside = outsideActor(context, actorId);
  if (actorId === undefined) return outside;
  const known = await context.directory.find(outside.id).catch(() => undefined);
  return known?.account ?? outside;
}

/** Throws for an invalid id. Arguments are checked before, but the items of an iterable are not. */
export function idText(id: HostId): string {
  const text = hostIdText(id);
  if (text !== null) return text;
  throw new ConfigurationError('id', `a ${typeof id} was passed. It must be a text or a whole number.`);
}

/**
 * The organization of this person's events. Errors of the user table are ignored, because it must be possible to end the
 * sessions of a deleted user.
 */
export async function organizationOf(context: FlowContext, userId: string): Promise<string> {
  const known = await context.directory.find(userId).catch(() => undefined);
  return known?.account.organizationId ?? 'default';
}

/** The account, if the user table has the person in the given organization, or in any if none is given. */
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
 * An id in the host's own form. Ids are compared as text. At run time, an object with its own `toString`, such as an ObjectId,
 * is also accepted.
 */
export type HostId = string | number | bigint;
/** Identifies one member of one organization. */
export interface MemberId {
  readonly userId: HostId;
  /** Default: the organization that the user table has for the person. */
  readonly organizationId?: HostId;
}

/** The actor in events and notices: an id of the host's user table, or any other name. Default: the host itself. */
export interface ActorOptions {
  readonly actorId?: HostId;
}
