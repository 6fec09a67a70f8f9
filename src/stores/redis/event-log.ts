import type { MfaEvent } from '../../events/events';
import type { EventQuery, EventStore } from '../event-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isInstant, isObject, parseObject } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/**
 * The stream; how many to keep, for how many milliseconds, and of each event its instant and itself. Entries are numbered by
 * instant; one that comes from a clock behind the others follows the newest, since a stream only grows. No instant counts for more
 * than Redis's own clock: one process ahead must neither push out what the others have stored nor keep it for longer.
 */
const APPEND = defineScript(`
local lastInstant, lastNumber = -1, 0
local time = redis.call('TIME')
local clock = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then
  local instant, number = string.match(newest[1], '^(%d+)-(%d+)$')
  lastInstant, lastNumber = tonumber(instant), tonumber(number)
end
for i = 3, #ARGV, 2 do
  local at = math.min(tonumber(ARGV[i]), clock)
  if at > lastInstant then lastInstant, lastNumber = at, 0 else lastNumber = lastNumber + 1 end
  redis.call('XADD', KEYS[1], string.format('%.0f-%.0f', lastInstant, lastNumber), 'event', ARGV[i + 1])
end
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
local oldest = math.min(tonumber(ARGV[#ARGV - 1]), clock) - tonumber(ARGV[2])
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', math.max(0, oldest)))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** How many entries are read at once where a filter may drop most of them. */
const FILTERED_READ = 500;
/** A rare filter must not read the whole stream for one page; the next page goes on where this one stopped. */
const MOST_READS = 10;

interface Entry {
  readonly id: string;
  readonly event: MfaEvent;
}

export function eventLogIn(redis: RedisCommands, keys: Keys): EventStore {
  async function read(organizationId: string, end: string, count: number): Promise<readonly Entry[]> {
    const reply = await redis.send('xrevrange', keys.events(organizationId), end, '-', 'COUNT', count);
    if (!Array.isArray(reply)) throw unreadable('events');
    return reply.map((entry: unknown) => toEntry(entry, organizationId));
  }

  return {
    async appendEvents(events, { maxCount, maxAgeSeconds }) {
      const [first] = events;
      if (first === undefined || maxCount < 1 || maxAgeSeconds <= 0) return;
      const args = events.flatMap((event) => [event.at, JSON.stringify(event)]);
      await redis.run(APPEND, {
        keys: [keys.events(first.organizationId)],
        args: [maxCount, maxAgeSeconds * 1000, ...args],
      });
    },
    async listEvents(query) {
      const { organizationId, limit, cursor, userId, name } = query;
      const isFiltered = userId !== undefined || name !== undefined;
      const count = isFiltered ? Math.max(FILTERED_READ, limit + 1) : limit + 1;
      const found: Entry[] = [];
      let end = cursor !== undefined && /^\d{1,15}-\d{1,15}$/.test(cursor) ? `(${cursor}` : '+';
      for (let reads = 1; ; reads += 1) {
        // Each page begins where the one before ended.
        // oxlint-disable-next-line no-await-in-loop
        const entries = await read(organizationId, end, count);
        found.push(...entries.filter(({ event }) => matches(event, query)));
        const oldest = entries.at(-1);
        if (oldest === undefined || entries.length < count || found.length > limit) break;
        if (reads === MOST_READS) return { events: found.map(({ event }) => event), nextCursor: oldest.id };
        end = `(${oldest.id}`;
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const events = page.map(({ event }) => event);
      return found.length > limit && last !== undefined ? { events, nextCursor: last.id } : { events };
    },
  };
}

function matches(event: MfaEvent, { userId, name }: EventQuery): boolean {
  return (userId === undefined || event.userId === userId) && (name === undefined || event.name === name);
}

function toEntry(entry: unknown, organizationId: string): Entry {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1]))
    throw unreadable('an event');
  const [field, text] = entry[1];
  if (field !== 'event' || typeof text !== 'string') throw unreadable('an event');
  const event = parseObject(text, 'an event');
  if (!isEvent(event) || event.organizationId !== organizationId) throw unreadable('an event');
  return { id: entry[0], event };
}

/** The name is not compared with those of this version: a later one may have written it. */
function isEvent(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & MfaEvent {
  return (
    typeof value['name'] === 'string' &&
    isInstant(value['at']) &&
    typeof value['organizationId'] === 'string' &&
    isOptionalText(value['userId']) &&
    isOptionalText(value['actorId']) &&
    isOptionalText(value['address']) &&
    isObject(value['details'])
  );
}

function isOptionalText(item: unknown): boolean {
  return item === undefined || typeof item === 'string';
}
