import { decodeId, encodeId } from '../../core/text/host-id';
import type { IndexEntry, IndexStore, MarkRange } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { toTexts, toWholeNumber } from './replies';
import { defineScript } from './script';

/**
 * Key: the index. Arguments: the lower bound and upper bound of the mark, mark and id of the entry to start after (each empty
 * for none), the limit, and the number of entries to skip. The start is found by binary search among entries with the same
 * mark, so that the entry itself may be gone. Text is compared byte by byte, as sorted sets do, because Lua would use the
 * server's locale.
 */
const LIST_INDEX = defineScript(`
local key = KEYS[1]
local function isBehind(a, b)
  for at = 1, math.min(#a, #b) do
    local x, y = string.byte(a, at), string.byte(b, at)
    if x ~= y then return x > y end
  end
  return #a > #b
end

local first, last = 0, redis.call('ZCARD', key)
if ARGV[1] ~= '' then first = redis.call('ZCOUNT', key, '-inf', ARGV[1]) end
if ARGV[2] ~= '' then last = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[2]) end
if ARGV[3] ~= '' then
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[3])
  local high = redis.call('ZCOUNT', key, '-inf', ARGV[3])
  while low < high do
    local middle = math.floor((low + high) / 2)
    local id = redis.call('ZRANGE', key, middle, middle)[1]
    if isBehind(id, ARGV[4]) then high = middle else low = middle + 1 end
  end
  first = math.max(first, low)
end
first = first + tonumber(ARGV[6])
last = math.min(last, first + tonumber(ARGV[5]))
if first >= last then return {} end
return redis.call('ZRANGE', key, first, last - 1, 'WITHSCORES')
`);

/** With this many members, one command takes Redis about a millisecond. */
const MEMBERS_A_CALL = 100;

export function memberIndexesIn(redis: RedisCommands, keys: Keys): IndexStore {
  async function put(
    key: string,
    members: readonly { readonly id: string; readonly mark: number | undefined }[],
  ): Promise<void> {
    const scored = members.flatMap(({ id, mark }) => (mark === undefined ? [] : [mark, id]));
    const removed = members.flatMap(({ id, mark }) => (mark === undefined ? [id] : []));
    await Promise.all([
      ...(scored.length === 0 ? [] : [redis.send('zadd', key, ...scored)]),
      ...(removed.length === 0 ? [] : [redis.send('zrem', key, ...removed)]),
    ]);
  }

  return {
    async indexMembers(organizationId, indexes, members) {
      const calls: Promise<void>[] = [];
      for (let at = 0; at < members.length; at += MEMBERS_A_CALL) {
        const some = members.slice(at, at + MEMBERS_A_CALL);
        for (const index of indexes) {
          const marked = some.map(({ userId, marks }) => ({ id: encodeId(userId), mark: marks[index] }));
          calls.push(put(keys.index(organizationId, index), marked));
        }
      }
      await Promise.all(calls);
    },
    async listIndex({ organizationId, index, above, below, after, skip = 0, limit }) {
      const behind = after === undefined ? ['', ''] : [after.mark, encodeId(after.userId)];
      const args = [above ?? '', below ?? '', ...behind, Math.max(0, Math.trunc(limit)), skip];
      return toEntries(await redis.run(LIST_INDEX, { keys: [keys.index(organizationId, index)], args }));
    },
    async countIndex({ organizationId, index, ...range }) {
      const [from, to] = boundsOf(range);
      return Number(await redis.send('zcount', keys.index(organizationId, index), from, to));
    },
    async removeIndexes(organizationId, indexes) {
      if (indexes.length === 0) return;
      await redis.send('del', ...indexes.map((index) => keys.index(organizationId, index)));
    },
  };
}

function boundsOf({ above, below }: MarkRange): readonly [string, string] {
  return [above === undefined ? '-inf' : `(${above}`, below === undefined ? '+inf' : `(${below}`];
}

/** Ids and marks alternate. A RESP3 client may return pairs. */
function toEntries(reply: unknown): readonly IndexEntry[] {
  const texts = toTexts(Array.isArray(reply) ? reply.flat() : reply, 'an index');
  const entries: IndexEntry[] = [];
  for (let at = 0; at + 1 < texts.length; at += 2) {
    entries.push({
      userId: decodeId(texts[at] ?? ''),
      mark: toWholeNumber(texts[at + 1] ?? '', 'a mark of an index'),
    });
  }
  return entries;
}
