import { decodeId, encodeId } from '../../core/text/host-id';
import type { QueueStore, QueuedItem } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isObject, parseJson, toTexts, unreadable } from './replies';
import { defineScript } from './script';

/** All queues, so that all items about a user can be found. */
export const QUEUES = ['notices', 'jobs', 'webhooks'] as const;

/**
 * Keys: the ids by due time, and the items. Arguments: now, the limit, the time until which items are taken, and the latest
 * credible due time; items due later are taken too. An id without an item is removed.
 */
const TAKE_DUE = defineScript(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local room = tonumber(ARGV[2]) - #due
if room > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[4], '+inf', 'LIMIT', 0, room)) do due[#due + 1] = id end
end
local taken = {}
for _, id in ipairs(due) do
  local item = redis.call('HGET', KEYS[2], id)
  if item then
    redis.call('ZADD', KEYS[1], ARGV[3], id)
    taken[#taken + 1] = id
    taken[#taken + 1] = item
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return taken
`);

export function queuesIn(redis: RedisCommands, keys: Keys): QueueStore {
  async function removeIds(queue: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    // Remove the item last: an item without its id is never taken, and an id without its item is removed when it is due.
    await Promise.all([
      redis.send('zrem', keys.queue(queue), ...ids),
      redis.send('hdel', keys.queued(queue), ...ids),
    ]);
  }

  async function readItems(queue: string, ids: readonly string[]): Promise<readonly QueuedItem[]> {
    if (ids.length === 0) return [];
    const bodies = toTexts(await redis.send('hmget', keys.queued(queue), ...ids), 'queued items');
    return ids.flatMap((id, place) => {
      const text = bodies[place];
      return typeof text === 'string' ? [toItem(id, text)] : [];
    });
  }

  async function firstDue(queue: string, limit: number): Promise<readonly string[]> {
    if (limit < 1) return [];
    const reply = await redis.send('zrange', keys.queue(queue), 0, limit - 1);
    return toTexts(reply, 'a queue').filter((id) => id !== null);
  }

  return {
    async enqueue(queue, { id, userId, body }, { dueAt, most }) {
      const [, , size] = await Promise.all([
        redis.send('hset', keys.queued(queue), encodeId(id), JSON.stringify([userId, body])),
        redis.send('zadd', keys.queue(queue), dueAt, encodeId(id)),
        redis.send('zcard', keys.queue(queue)),
      ]);
      const tooMany = Number(size) - most;
      if (tooMany <= 0) return 0;
      const popped = toTexts(flat(await redis.send('zpopmin', keys.queue(queue), tooMany)), 'a queue');
      const ids = popped.filter((text, place): text is string => text !== null && place % 2 === 0);
      if (ids.length > 0) await redis.send('hdel', keys.queued(queue), ...ids);
      return ids.length;
    },

    async takeDue(queue, { now, latestAt = Number.MAX_SAFE_INTEGER, limit, untilAt }) {
      const both = [keys.queue(queue), keys.queued(queue)];
      const reply = toTexts(
        await redis.run(TAKE_DUE, { keys: both, args: [now, limit, untilAt, latestAt] }),
        'a queue',
      );
      return Array.from({ length: reply.length / 2 }, (_, at) =>
        toItem(reply[2 * at] ?? '', reply[2 * at + 1] ?? ''),
      );
    },

    async listQueued(queue, limit) {
      return readItems(queue, await firstDue(queue, limit));
    },

    removeQueued: (queue, id) => removeIds(queue, [encodeId(id)]),

    async removeQueuedOf(userId) {
      for (const queue of QUEUES) {
        // oxlint-disable-next-line no-await-in-loop
        const items = await readItems(queue, await firstDue(queue, Number.MAX_SAFE_INTEGER));
        const ids = items.filter((item) => item.userId === userId).map(({ id }) => encodeId(id));
        // oxlint-disable-next-line no-await-in-loop
        await removeIds(queue, ids);
      }
    },
  };
}

/** A RESP3 client returns pairs. */
function flat(reply: unknown): unknown {
  return Array.isArray(reply) ? reply.flat() : reply;
}

function toItem(encodedId: string, text: string): QueuedItem {
  const item = parseJson(text, 'a queued item');
  const [userId, body] = Array.isArray(item) && !isObject(item) ? (item as readonly unknown[]) : [];
  if ((typeof userId !== 'string' && userId !== null) || typeof body !== 'string')
    throw unreadable('a queued item');
  return { id: decodeId(encodedId), userId, body };
}
