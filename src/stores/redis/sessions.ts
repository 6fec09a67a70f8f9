import { RedisStore } from 'connect-redis';
import type { SessionData, Store } from 'express-session';
import { CLOCK_TOLERANCE_MS } from '../../core/clock';
import {
  readInstant,
  readMethod,
  writeInstant,
  writeMethod,
  type EvidenceMethod,
} from '../../core/decision/assurance';
import { MAX_SESSION_DURATION_SECONDS } from '../../core/policy/policy';
import { decodeId, encodeId } from '../../core/text/host-id';
import { MAX_SESSIONS_PER_USER, bySeenAt } from '../session-index';
import type { SessionEntry, StateStore } from '../state-store';
import type { Argument, RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, parseObject, toHash, toTexts, unreadable } from './replies';
import { defineScript } from './script';

/**
 * A compact text, because every guarded request reads one: `seenAt startedAt expiresAt` (also read by scripts),
 * `organizationId`, the two epochs, the methods separated by commas, and the address. The rest is the user agent.
 */
export function writeSession(session: SessionEntry): string {
  const { seenAt, startedAt, expiresAt, organizationId, userAgent, address, epochs, methods } = session;
  const instants = [seenAt, startedAt, expiresAt].map(writeInstant);
  const ids = [organizationId, epochs.user, epochs.organization].map(encodeId);
  return [...instants, ...ids, methods.map(writeMethod).join(','), encodeId(address), userAgent].join(' ');
}

const FIELDS_BEFORE_USER_AGENT = 8;

export function readSession(text: string, handle: string): SessionEntry {
  const fields = text.split(' ');
  const [seen = '', started = '', ends = '', organizationId = '', user = '', organization = ''] = fields;
  const [written = '', address] = fields.slice(6);
  const [seenAt, startedAt, expiresAt] = [readInstant(seen), readInstant(started), readInstant(ends)];
  if (seenAt === null || startedAt === null || expiresAt === null) throw unreadable('a session');
  if (address === undefined) throw unreadable('a session');
  return {
    handle: decodeId(handle),
    organizationId: decodeId(organizationId),
    startedAt,
    seenAt,
    expiresAt,
    userAgent: fields.slice(FIELDS_BEFORE_USER_AGENT).join(' '),
    address: decodeId(address),
    methods: toMethods(written),
    epochs: { user: decodeId(user), organization: decodeId(organization) },
  };
}

function toMethods(written: string): readonly EvidenceMethod[] {
  if (written === '') return [];
  return written.split(',').map((text) => {
    const method = readMethod(text);
    if (method === undefined) throw unreadable('a session');
    return method;
  });
}

/**
 * Keys: the sessions; if another handle ends, its owner, its new codes, and the new key of these codes. Arguments: the handle,
 * the entry, its expiry, now, the limit of sessions, the handle that ends (or empty), 1 if that handle must be live, and the
 * longest lifetime of a session.
 */
const REGISTER = defineScript(`
if ARGV[7] == '1' and redis.call('HEXISTS', KEYS[1], ARGV[6]) == 0 then return end
local ends, now = tonumber(ARGV[3]), tonumber(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local others = {}
for i = 1, #all, 2 do
  local startedAt, expiresAt = string.match(all[i + 1], '^%w+ (%w+) (%w+) ')
  expiresAt = expiresAt and tonumber(expiresAt, 36)
  if not expiresAt or expiresAt <= now or all[i] == ARGV[6] then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] then
    others[#others + 1] = { handle = all[i], startedAt = tonumber(startedAt, 36) or 0, expiresAt = expiresAt }
  end
end
table.sort(others, function(a, b) return a.startedAt > b.startedAt end)
for place, other in ipairs(others) do
  if place >= tonumber(ARGV[5]) then redis.call('HDEL', KEYS[1], other.handle)
  else ends = math.max(ends, other.expiresAt) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
-- Limit the expiry, in case a clock that was ahead has written it.
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(ends - now, tonumber(ARGV[8]))))
if KEYS[2] then
  redis.call('DEL', KEYS[2])
  if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('RENAME', KEYS[3], KEYS[4]) end
end
`);

/** Key: the sessions. Arguments: the handle, the instant in base 36. */
const TOUCH = defineScript(`
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then return 0 end
local seenAt, rest = string.match(entry, '^(%w+)( .*)$')
local before = seenAt and tonumber(seenAt, 36)
if not before then error('UNREADABLE session') end
local seenNow = tonumber(ARGV[2], 36)
if seenNow > before or before > seenNow + ${CLOCK_TOLERANCE_MS} then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. rest) end
return 1
`);

type Verbs =
  'registerSession' | 'findSession' | 'touchSession' | 'listSessions' | 'endSession' | 'endOtherSessions';

export function sessionsIn(redis: RedisCommands, keys: Keys): Pick<StateStore, Verbs> {
  return {
    async registerSession(userId, session, { now, replaces, continues }) {
      const before = continues ?? replaces;
      const ending =
        before === undefined
          ? []
          : [
              keys.owner(userId, before),
              keys.unseenCodes(userId, before),
              keys.unseenCodes(userId, session.handle),
            ];
      const args = [
        encodeId(session.handle),
        writeSession(session),
        session.expiresAt,
        now,
        MAX_SESSIONS_PER_USER,
      ];
      const ended = before === undefined ? '' : encodeId(before);
      const mustLive = continues === undefined ? '' : '1';
      await redis.run(REGISTER, {
        keys: [keys.sessions(userId), ...ending],
        args: [...args, ended, mustLive, MAX_SESSION_DURATION_SECONDS * 1000],
      });
    },
    async findSession(userId, handle) {
      const field = encodeId(handle);
      return toEntry(await redis.send('hget', keys.sessions(userId), field), field);
    },
    async touchSession(userId, handle, seenAt) {
      const args = [encodeId(handle), writeInstant(seenAt)];
      return isOne(await redis.run(TOUCH, { keys: [keys.sessions(userId)], args }));
    },
    async listSessions(userId) {
      const fields = toHash(await redis.send('hgetall', keys.sessions(userId)), 'sessions');
      return Object.entries(fields)
        .map(([handle, entry]) => readSession(entry ?? '', handle))
        .toSorted(bySeenAt);
    },
    async endSession(userId, handle) {
      const [ended] = await Promise.all([
        redis.send('hdel', keys.sessions(userId), encodeId(handle)),
        redis.send('del', keys.owner(userId, handle), keys.unseenCodes(userId, handle)),
      ]);
      return isOne(ended);
    },
    async endOtherSessions(userId, keepHandle) {
      const handles = toTexts(await redis.send('hkeys', keys.sessions(userId)), 'sessions');
      const others = handles.filter((handle) => handle !== null && handle !== encodeId(keepHandle));
      return others.length === 0
        ? 0
        : Number(await redis.send('hdel', keys.sessions(userId), ...others.map(String)));
    },
  };
}

function toEntry(entry: unknown, field: string): SessionEntry | undefined {
  if (entry === null) return undefined;
  if (typeof entry !== 'string') throw unreadable('a session');
  return readSession(entry, field);
}

/*
 * A session is stored as JSON, except for the cookie of `mfa.sessions()`: its hundred characters differ only in the expiry. It
 * is stored before the JSON as `expires.originalMaxAge`, followed by `S` if the cookie is `Secure`.
 */

const SHORT = /^([0-9a-z]+)\.([0-9a-z]+)(S?)(?=\{)/;
const CONSTANT = { httpOnly: true, path: '/', sameSite: 'lax' } as const;
/** Attributes that such a cookie never has. */
const ABSENT = ['domain', 'partitioned', 'priority'] as const;

export function stringify(session: SessionData): string {
  const short = writeCookie(session.cookie);
  if (short === null) return JSON.stringify(session);
  const { cookie: _cookie, ...rest } = session;
  return short + JSON.stringify(rest);
}

export function parse(text: string): SessionData {
  if (text.startsWith('{')) return JSON.parse(text);
  const [short = '', expires = '', maxAge = '', secure] = SHORT.exec(text) ?? [];
  const [endsAt, originalMaxAge] = [readInstant(expires), readInstant(maxAge)];
  if (endsAt === null || originalMaxAge === null) throw unreadable('a session');
  const cookie = { originalMaxAge, expires: new Date(endsAt), secure: secure === 'S', ...CONSTANT };
  return { ...parseObject(text.slice(short.length), 'a session'), cookie };
}

/** Null if it is not one of our cookies. */
function writeCookie(cookie: SessionData['cookie']): string | null {
  const { originalMaxAge, expires, secure, httpOnly, path, sameSite } = cookie;
  if (httpOnly !== CONSTANT.httpOnly || path !== CONSTANT.path || sameSite !== CONSTANT.sameSite) return null;
  if (ABSENT.some((name) => Reflect.get(cookie, name) !== undefined)) return null;
  if (!(expires instanceof Date) || !isWhole(originalMaxAge) || !isWhole(expires.valueOf())) return null;
  if (typeof secure !== 'boolean') return null;
  return `${writeInstant(expires.valueOf())}.${writeInstant(originalMaxAge)}${secure ? 'S' : ''}`;
}

function isWhole(value: number | null): value is number {
  return value !== null && Number.isSafeInteger(value) && value >= 0;
}

/** The session store for express-session in the same Redis. Each key lives as long as its cookie, as of the last write. */
export function createRedisSessionStore(redis: RedisCommands, prefix: string): Store {
  // The methods of an ioredis client that connect-redis calls.
  const client = {
    get: (key: string) => redis.send('get', key),
    set: (key: string, ...args: readonly Argument[]) => redis.send('set', key, ...args),
    del: (keys: readonly string[]) => redis.send('del', ...keys),
    mget: (keys: readonly string[]) => redis.send('mget', ...keys),
    scan: (...args: readonly Argument[]) => redis.send('scan', ...args),
  };
  const store = new RedisStore({ client, prefix: `${prefix}:session:`, serializer: { parse, stringify } });
  // Disable `touch`: the policy ends a session a fixed time after the login, so requests must not extend it or cause writes.
  return Object.assign(store, { touch: undefined });
}
