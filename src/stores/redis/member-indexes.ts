import { z } from 'zod';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import {
  MEMBER_INDEXES,
  type DailyCounts,
  type IndexEntry,
  type MarkRange,
  type MemberIndexStore,
} from '../member-index';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { parseJson, toTexts, toWholeNumber } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/** Every index of one organization; then for each member the id and a mark for each index, nothing for none. */
const INDEX_MEMBERS = defineScript(`
local width = #KEYS + 1
for at = 1, #ARGV, width do
  for index, key in ipairs(KEYS) do
    local mark = ARGV[at + index]
    if mark == '' then redis.call('ZREM', key, ARGV[at]) else redis.call('ZADD', key, mark, ARGV[at]) end
  end
end
`);

/**
 * The index; above which mark, below which mark, the mark and the id behind which it begins (each nothing for none), how many, and how many to
 * pass over.
 * The place is found by halving among those with the same mark, so that it does not matter whether the entry is still there.
 * Text is compared byte by byte as sorted sets do; Lua would compare by the server's locale.
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

/** The days; the number of the day, the counts, how many to keep. */
const SAVE_DAY = defineScript(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
`);

/** So many members go into one call that it takes Redis about a millisecond. */
const MEMBERS_A_CALL = 100;
const DAY_MS = 86_400_000;

const storedDay = z.object({
  day: z.string(),
  members: z.int().min(0),
  configured: z.int().min(0),
}) satisfies z.ZodType<DailyCounts>;

export function memberIndexesIn(redis: RedisCommands, keys: Keys): MemberIndexStore {
  return {
    async indexMembers(organizationId, members) {
      const calls: Promise<unknown>[] = [];
      for (let at = 0; at < members.length; at += MEMBERS_A_CALL) {
        const args = members
          .slice(at, at + MEMBERS_A_CALL)
          .flatMap(({ userId, marks }) => [
            encodeId(userId),
            ...MEMBER_INDEXES.map((index) => marks[index] ?? ''),
          ]);
        const indexKeys = MEMBER_INDEXES.map((index) => keys.index(organizationId, index));
        calls.push(redis.run(INDEX_MEMBERS, { keys: indexKeys, args }));
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
    async saveDailyCounts(organizationId, counts, keepDays) {
      const number = Math.trunc(Date.parse(`${counts.day}T00:00:00Z`) / DAY_MS);
      const { day, members, configured } = counts;
      const args = [number, JSON.stringify({ day, members, configured }), keepDays];
      await redis.run(SAVE_DAY, { keys: [keys.days(organizationId)], args });
    },
    async listDailyCounts(organizationId) {
      const reply = await redis.send('zrange', keys.days(organizationId), 0, -1);
      return toTexts(reply, 'counts of days').map((text) => {
        const checked = storedDay.safeParse(parseJson(text ?? '', 'counts of a day'));
        if (!checked.success) throw unreadable('counts of a day', checked.error);
        return checked.data;
      });
    },
  };
}

function boundsOf({ above, below }: MarkRange): readonly [string, string] {
  return [above === undefined ? '-inf' : `(${above}`, below === undefined ? '+inf' : `(${below}`];
}

/** Ids and marks in turn; a client of the newer protocol may answer with pairs. */
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
