import { decodeId, encodeId } from '../../core/text/host-id';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { writeLasting } from './lasting-write';
import { toTexts } from './replies';

/** What is kept about a user and is not found by the user's id: owners of challenges, links, sent messages. */
interface HeldName {
  readonly kind: 'owner' | 'link' | 'message';
  readonly id: string;
}

/** More than one person has at once. Those that end first make room. */
const MOST_HELD = 200;

/** Notes what is kept about each user, so that all of it can be removed without a search. */
export interface HeldState {
  note(
    userId: string,
    name: HeldName,
    life: { readonly now: number; readonly expiresAt: number },
  ): Promise<void>;
  /** Removes all that is kept about the user, sessions included. */
  forgetUser(userId: string): Promise<void>;
}

export function heldStateIn(redis: RedisCommands, keys: Keys): HeldState {
  const ownerKeys = (userId: string, id: string) => [keys.owner(userId, id), keys.unseenCodes(userId, id)];
  const keysOf = (userId: string, name: string): readonly string[] => {
    const [kind, id = ''] = name.split(' ');
    if (kind === 'link') return [keys.unlockLink(decodeId(id))];
    if (kind === 'message') return [keys.message(decodeId(id))];
    return ownerKeys(userId, decodeId(id));
  };

  return {
    note: (userId, { kind, id }, { now, expiresAt }) =>
      writeLasting(redis, keys.held(userId), expiresAt - now, [
        ['zadd', expiresAt, `${kind} ${encodeId(id)}`],
        ['zremrangebyrank', 0, -1 - MOST_HELD],
      ]),

    async forgetUser(userId) {
      const [sessions, held] = await Promise.all([
        redis.send('hkeys', keys.sessions(userId)),
        redis.send('zrange', keys.held(userId), 0, -1),
      ]);
      const handles = toTexts(sessions, 'sessions').map((handle) => decodeId(handle ?? ''));
      const names = toTexts(held, 'names of what is kept').map((name) => name ?? '');
      const named = names.flatMap((name) => keysOf(userId, name));
      // One key a command: they are on different nodes.
      const all = [
        ...handles.flatMap((handle) => ownerKeys(userId, handle)),
        ...named,
        keys.sessions(userId),
      ];
      await Promise.all(all.map((key) => redis.send('del', key)));
      // Last, so that another call finds what this one did not remove.
      if (names.length > 0) await redis.send('zrem', keys.held(userId), ...names);
    },
  };
}
