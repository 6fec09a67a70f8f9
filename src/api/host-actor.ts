import { ConfigurationError } from '../core/errors';
import { hostIdText } from '../core/text/host-id';
import type { Actor, OutsideActor } from '../flows/admin/admin-authority';
import type { FlowContext } from '../flows/context/context';
import type { Account } from '../options/ports';

/** The actor of an event where the host did not say who acted. */
const HOST = 'host';

/** Who acts, where only the event names them. */
export function outsideActor(context: FlowContext, actorId: HostId | undefined): OutsideActor {
  if (actorId === undefined) return { id: HOST, name: context.options.issuer, outside: true };
  const id = idText(actorId);
  return { id, name: id, outside: true };
}

/**
 * Who acts in the host's own code. A name that is nobody's in the user table, such as that of a job, is taken as it is; so is one
 * that the table cannot look up, since it may want ids of another form.
 */
export async function resolveActor(context: FlowContext, actorId: HostId | undefined): Promise<Actor> {
  const outside = outsideActor(context, actorId);
  if (actorId === undefined) return outside;
  const known = await context.directory.find(outside.id).catch(() => undefined);
  return known?.account ?? outside;
}

/** The arguments were checked; what an iterable gives is not known before. */
export function idText(id: HostId): string {
  const text = hostIdText(id);
  if (text !== null) return text;
  throw new ConfigurationError('id', `a ${typeof id} was passed. It must be a text or a whole number.`);
}

/**
 * Where events of this person belong. Sessions of somebody whom the user table has lost end all the same, so a table that fails
 * is no obstacle.
 */
export async function organizationOf(context: FlowContext, userId: string): Promise<string> {
  const known = await context.directory.find(userId).catch(() => undefined);
  return known?.account.organizationId ?? 'default';
}

/** The person, if the user table has them in the organization that is named; in whichever they are where none is. */
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
 * An id as the host has it. Ids are compared as text. At run time an object of a database that has a text of its own, such as
 * an ObjectId, is taken too.
 */
export type HostId = string | number | bigint;
/** Names one member of one organization. */
export interface MemberId {
  readonly userId: HostId;
  /** Default: the organization that the user table names for the person. */
  readonly organizationId?: HostId;
}
