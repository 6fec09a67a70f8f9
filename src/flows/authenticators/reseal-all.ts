import type { Authenticator } from '../../core/member/authenticator';
import { openSecret, sealSecret } from '../../core/proof/secrets';
import type { FlowContext } from '../context/context';
import { reportUnreadable } from '../context/report-unreadable';

export interface ResealRequest {
  readonly organizationId: string;
  /** The users to process. Default: everyone in the host's table for the organization. */
  readonly userIds?: Iterable<string> | AsyncIterable<string>;
  /** The `cursor` of an earlier call's last `onBatch`, to continue there. */
  readonly cursor?: string;
  /** Users read at a time. */
  readonly batchSize: number;
  readonly onBatch?: (progress: ResealProgress) => void | Promise<void>;
}

/** The progress of a call. */
export interface ResealProgress {
  readonly users: number;
  /** Secrets and addresses that are now sealed under the first key. */
  readonly resealed: number;
  /** Secrets and addresses that no key of the ring opens. Each is an event `records-unreadable`. */
  readonly unreadable: number;
  /** Where to continue. Absent with `userIds`, and at the end. */
  readonly cursor?: string;
}

/** Replaces a secret only if it is still what was read: safe while people sign in, on several processes, and repeated. */
export async function resealAll(context: FlowContext, request: ResealRequest): Promise<ResealProgress> {
  let progress: ResealProgress = { users: 0, resealed: 0, unreadable: 0 };
  for await (const { userIds, cursor } of batches(context, request)) {
    const [resealed, unreadable] = await resealBatch(context, userIds, request.organizationId);
    progress = {
      users: progress.users + userIds.length,
      resealed: progress.resealed + resealed,
      unreadable: progress.unreadable + unreadable,
      ...(cursor === undefined ? {} : { cursor }),
    };
    await request.onBatch?.(progress);
  }
  return progress;
}

interface Batch {
  readonly userIds: readonly string[];
  readonly cursor?: string;
}

async function* batches(context: FlowContext, request: ResealRequest): AsyncGenerator<Batch> {
  if (request.userIds !== undefined) {
    yield* inBatches(request.userIds, request.batchSize);
    return;
  }
  let { cursor } = request;
  do {
    const { organizationId, batchSize: limit } = request;
    const from = cursor === undefined ? {} : { cursor };
    // The cursor of the next page comes with the previous one.
    // oxlint-disable-next-line no-await-in-loop
    const page = await context.directory.list({ organizationId, limit, ...from });
    cursor = page.nextCursor;
    const userIds = page.accounts.map(({ id }) => id);
    yield cursor === undefined ? { userIds } : { userIds, cursor };
  } while (cursor !== undefined);
}

async function* inBatches(
  ids: Iterable<string> | AsyncIterable<string>,
  batchSize: number,
): AsyncGenerator<Batch> {
  let userIds: string[] = [];
  for await (const id of ids) {
    userIds.push(id);
    if (userIds.length < batchSize) continue;
    yield { userIds };
    userIds = [];
  }
  if (userIds.length > 0) yield { userIds };
}

async function resealBatch(
  context: FlowContext,
  userIds: readonly string[],
  organizationId: string,
): Promise<readonly [resealed: number, unreadable: number]> {
  const members = await context.records.findMembers(userIds, organizationId);
  const outcomes = await Promise.all(
    members.flatMap((member) => member.authenticators.map((one) => reseal(context, member, one))),
  );
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  return [count('resealed'), count('unreadable')];
}

async function reseal(
  context: FlowContext,
  whose: { readonly userId: string; readonly organizationId: string },
  authenticator: Authenticator,
): Promise<'resealed' | 'current' | 'changed-meanwhile' | 'unreadable'> {
  const { id, kind, sealedSecret } = authenticator;
  if (sealedSecret === null) return 'current';
  const binding = { userId: whose.userId, authenticatorId: id, kind };
  const opened = openSecret(context.keyRing, sealedSecret, binding);
  if (opened.outcome === 'unreadable') {
    reportUnreadable(context, whose, authenticator);
    return 'unreadable';
  }
  if (!opened.stale) return 'current';
  const sealed = sealSecret(context.keyRing, opened.secret, binding);
  const seal = { expected: sealedSecret, sealed };
  const replaced = await context.records.resealAuthenticator(whose.userId, id, seal);
  return replaced ? 'resealed' : 'changed-meanwhile';
}
