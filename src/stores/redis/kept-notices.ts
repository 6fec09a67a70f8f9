import { encodeId } from '../../core/text/encoded-id';
import type { KeptNotice } from '../notice-store';
import type { RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isInstant, parseObject, toTexts } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/** The notices by due, and the notices; the id, the notice, its due, how many there may be. */
const KEEP = defineScript(`
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
local tooMany = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
if tooMany <= 0 then return 0 end
local oldest = redis.call('ZRANGE', KEYS[1], 0, tooMany - 1)
for _, id in ipairs(oldest) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
return #oldest
`);

/** The same two; now, how many to take, until when they are taken, the latest instant that is believed. */
const CLAIM = defineScript(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local room = tonumber(ARGV[2]) - #due
if room > 0 then
  local late = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[4], '+inf', 'LIMIT', 0, room)
  for _, id in ipairs(late) do due[#due + 1] = id end
end
local found = {}
for _, id in ipairs(due) do
  local notice = redis.call('HGET', KEYS[2], id)
  if notice then
    redis.call('ZADD', KEYS[1], ARGV[3], id)
    found[#found + 1] = notice
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return found
`);

/** The same two; the id. */
const DROP = defineScript(`
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`);

type Verbs = 'keepNotice' | 'claimNotices' | 'dropNotice';

export function keptNoticesIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  const both = [keys.noticesDue(), keys.notices()];

  return {
    async keepNotice(notice, { dueAt, most }) {
      const { id, userId, organizationId, sealedAddress, body, keptAt, attempts } = notice;
      const text = JSON.stringify({ id, userId, organizationId, sealedAddress, body, keptAt, attempts });
      return Number(await redis.run(KEEP, { keys: both, args: [encodeId(id), text, dueAt, most] }));
    },
    async claimNotices({ now, latestAt = '+inf', limit, untilAt }) {
      const reply = await redis.run(CLAIM, { keys: both, args: [now, limit, untilAt, latestAt] });
      return toTexts(reply, 'notices').map((text) => readNotice(text ?? ''));
    },
    async dropNotice(id) {
      await redis.run(DROP, { keys: both, args: [encodeId(id)] });
    },
  };
}

function readNotice(text: string): KeptNotice {
  const { id, userId, organizationId, sealedAddress, body, keptAt, attempts } = parseObject(text, 'a notice');
  if (typeof id !== 'string' || typeof userId !== 'string') throw unreadable('a notice');
  if (typeof organizationId !== 'string' || typeof sealedAddress !== 'string') throw unreadable('a notice');
  if (typeof body !== 'string' || !isInstant(keptAt) || !isInstant(attempts)) throw unreadable('a notice');
  return { id, userId, organizationId, sealedAddress, body, keptAt, attempts };
}
