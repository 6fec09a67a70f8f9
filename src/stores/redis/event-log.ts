import { CLOCK_TOLERANCE_MS } from '../../core/clock';
import type { MfaEvent } from '../../events/events';
import { matchesFilter, namesUser, parseEvent, type EventStore } from '../event-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { toTexts, unreadable } from './replies';
import { UNREADABLE, defineScript } from './script';

/*
 * The events of an organization are a list, newest first. Each entry is a number, an instant and the event. Numbers have no
 * gaps, so the position of an entry follows from the number of the newest. Instants never decrease and are never later than
 * Redis's own clock: a process whose clock is ahead must neither remove the events of others nor keep them longer.
 */

/** Key: the list. Arguments: how many to keep, for how many milliseconds, then instant and text of each event. */
const APPEND = defineScript(`
local time = redis.call('TIME')
local clock = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function read(place)
  local entry = redis.call('LINDEX', KEYS[1], place)
  if not entry then return nil end
  local number, instant = string.match(entry, '^(%d+) (%d+) ')
  if not number then error('${UNREADABLE} event') end
  return tonumber(instant), tonumber(number)
end
local instant, number = read(0)
instant, number = instant or -1, number or 0
for i = 3, #ARGV, 2 do
  number, instant = number + 1, math.max(instant, math.min(tonumber(ARGV[i]), clock))
  redis.call('LPUSH', KEYS[1], string.format('%.0f %.0f ', number, math.max(0, instant)) .. ARGV[i + 1])
end
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[1]) - 1)
local oldest = math.min(tonumber(ARGV[#ARGV - 1]), clock) - tonumber(ARGV[2])
while (read(-1) or oldest) < oldest do redis.call('RPOP', KEYS[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** Key: the list. Arguments: the number of each entry and its replacement. */
const REPLACE = defineScript(`
local newest = string.match(redis.call('LINDEX', KEYS[1], 0) or '', '^%d+')
for i = 1, newest and #ARGV or 0, 2 do
  local place = tonumber(newest) - tonumber(ARGV[i])
  local found = redis.call('LINDEX', KEYS[1], place)
  if found and string.match(found, '^%d+') == ARGV[i] then redis.call('LSET', KEYS[1], place, ARGV[i + 1]) end
end
`);

/** Entries per read if a filter may drop most of them. */
const FILTERED_READ = 500;
/** Limits the reads for one page if few events match. The next page continues from there. */
const MOST_READS = 10;

interface Entry {
  readonly number: number;
  readonly instant: number;
  readonly event: MfaEvent;
}

export function eventLogIn(redis: RedisCommands, keys: Keys): EventStore {
  async function readEntries(
    organizationId: string,
    first: number,
    count: number,
  ): Promise<readonly Entry[]> {
    const reply = await redis.send('lrange', keys.events(organizationId), first, first + count - 1);
    return toTexts(reply, 'events').map((text) => toEntry(text ?? '', organizationId));
  }

  /** Reads chunks of entries, newest first, optionally only below a number. Entries appended meanwhile are not included. */
  async function* readRuns(
    organizationId: string,
    count: number,
    below?: number,
  ): AsyncGenerator<{ readonly entries: readonly Entry[]; readonly isLast: boolean }> {
    let bound = below ?? Infinity;
    let first = 0;
    if (below !== undefined) {
      const [newest] = await readEntries(organizationId, 0, 1);
      first = Math.max(0, (newest?.number ?? 0) - below + 1);
    }
    for (;;) {
      // Each chunk starts where the previous one ended. oxlint-disable-next-line no-await-in-loop
      const read = await readEntries(organizationId, first, count);
      const numbersBelow = bound;
      yield {
        entries: read.filter(({ number }) => number < numbersBelow),
        isLast: read.length < count,
      };
      bound = read.at(-1)?.number ?? 0;
      first += count;
    }
  }

  return {
    async appendEvents(events, { maxCount, maxAgeSeconds }) {
      const [newest] = events;
      if (newest === undefined) return;
      const args = events.flatMap((event) => [event.at, JSON.stringify(event)]);
      await redis.run(APPEND, {
        keys: [keys.events(newest.organizationId)],
        args: [maxCount, maxAgeSeconds * 1000, ...args],
      });
    },

    async listEvents({ limit, cursor, ...filter }) {
      const { organizationId, from = 0 } = filter;
      const isFiltered = Object.keys(filter).length > 1;
      const count = isFiltered ? Math.max(FILTERED_READ, limit + 1) : limit + 1;
      const below = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
      const found: Entry[] = [];
      let reads = 0;
      for await (const { entries, isLast } of readRuns(organizationId, count, below)) {
        reads += 1;
        found.push(...entries.filter(({ event }) => matchesFilter(event, filter)));
        const oldest = entries.at(-1);
        // An entry's instant is at most this much earlier than its event's.
        const isOver = isLast || (oldest !== undefined && oldest.instant < from - CLOCK_TOLERANCE_MS);
        if (isOver || found.length > limit) break;
        if (reads === MOST_READS && oldest !== undefined)
          return { events: found.map(({ event }) => event), nextCursor: String(oldest.number) };
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const events = page.map(({ event }) => event);
      return found.length > limit && last !== undefined
        ? { events, nextCursor: String(last.number) }
        : { events };
    },

    async eraseFromEvents(organizationId, userId, erase) {
      for await (const { entries, isLast } of readRuns(organizationId, FILTERED_READ)) {
        const args = entries
          .filter(({ event }) => namesUser(event, userId))
          .flatMap(({ number, instant, event }) => [
            number,
            `${number} ${instant} ${JSON.stringify(erase(event))}`,
          ]);
        if (args.length > 0) await redis.run(REPLACE, { keys: [keys.events(organizationId)], args });
        if (isLast) return;
      }
    },

    async removeEvents(organizationId) {
      await redis.send('del', keys.events(organizationId));
    },
  };
}

function toEntry(text: string, organizationId: string): Entry {
  const [head = '', number, instant] = /^(\d{1,15}) (\d{1,15}) /.exec(text) ?? [];
  const event = parseEvent(text.slice(head.length), organizationId);
  if (event === null || head === '') throw unreadable('an event');
  return { number: Number(number), instant: Number(instant), event };
}
