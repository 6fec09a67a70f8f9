import { decodeId, encodeId } from '../../core/encoded-id';
import type { RememberedBrowser } from '../../core/remembered-browser';
import { MAX_BROWSERS_PER_USER, byNewest } from '../browser-list';
import type { BrowserUseOutcome, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, parseJson, toHash, toOptionalNumber, toTexts, toWholeNumber } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/*
 * A browser is one text, so that a script can read what it compares without reading JSON:
 * `tokenHash previousTokenHash rotatedAt lastUsedAt createdAt expiresAt [organizationId, factorSetHash, userAgent, address]`,
 * with a dash for what is null.
 */

/** The browsers; the id, the browser, its end, now, how many there may be. */
const REMEMBER = defineScript(`
local ends, now = tonumber(ARGV[3]), tonumber(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local others = {}
for i = 1, #all, 2 do
  local createdAt, expiresAt = string.match(all[i + 1], '^%S+ %S+ %S+ %S+ (%d+) (%d+) ')
  expiresAt = tonumber(expiresAt)
  if not expiresAt or expiresAt <= now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] then
    others[#others + 1] = { id = all[i], createdAt = tonumber(createdAt), expiresAt = expiresAt }
  end
end
table.sort(others, function(a, b) return a.createdAt > b.createdAt end)
for place, other in ipairs(others) do
  if place >= tonumber(ARGV[5]) then redis.call('HDEL', KEYS[1], other.id)
  else ends = math.max(ends, other.expiresAt) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ends - now))
`);

/** The browsers; the id, now, the grace in milliseconds, the next hash, then the hashes of what was sent. */
const USE = defineScript(`
local browser = redis.call('HGET', KEYS[1], ARGV[1])
if not browser then return {'missing'} end
local current, previous, rotatedAt, _, createdAt, expiresAt, rest =
  string.match(browser, '^(%S+) (%S+) (%d+) (%S+) (%d+) (%d+) (.*)$')
if not current then error('UNREADABLE browser') end
local now = tonumber(ARGV[2])
if now >= tonumber(expiresAt) then return {'missing'} end
local isCurrent, isPrevious = false, false
for i = 5, #ARGV do
  if ARGV[i] == current then isCurrent = true end
  if ARGV[i] == previous then isPrevious = true end
end
if isCurrent then
  previous, rotatedAt = current, ARGV[2]
elseif isPrevious and now < tonumber(rotatedAt) + tonumber(ARGV[3]) then
  previous = '-'
else
  redis.call('HDEL', KEYS[1], ARGV[1])
  return {'replayed', browser}
end
local used = table.concat({ARGV[4], previous, rotatedAt, ARGV[2], createdAt, expiresAt, rest}, ' ')
redis.call('HSET', KEYS[1], ARGV[1], used)
return {'used', browser}
`);

/** The browsers. */
const FORGET_ALL = defineScript(`
local count = redis.call('HLEN', KEYS[1])
redis.call('DEL', KEYS[1])
return count
`);

type Verbs = 'rememberBrowser' | 'useBrowser' | 'listBrowsers' | 'forgetBrowser' | 'forgetBrowsers';

export function rememberedBrowsersIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  return {
    async rememberBrowser(userId, browser, now) {
      const entry = [encodeId(browser.id), writeBrowser(browser), browser.expiresAt];
      const args = [...entry, now, MAX_BROWSERS_PER_USER];
      await redis.run(REMEMBER, { keys: [keys.browsers(userId)], args });
    },
    async useBrowser({ userId, id, tokenHashes, nextTokenHash, now, graceSeconds }) {
      const args = [encodeId(id), now, graceSeconds * 1000, nextTokenHash, ...tokenHashes];
      const reply = await redis.run(USE, { keys: [keys.browsers(userId)], args });
      return toOutcome(toTexts(reply, 'a remembered browser'), id);
    },
    async listBrowsers(userId, now) {
      const fields = toHash(await redis.send('hgetall', keys.browsers(userId)), 'remembered browsers');
      return Object.entries(fields)
        .map(([id, text]) => readBrowser(text ?? '', decodeId(id)))
        .filter(({ expiresAt }) => now < expiresAt)
        .toSorted(byNewest);
    },
    async forgetBrowser(userId, id) {
      return isOne(await redis.send('hdel', keys.browsers(userId), encodeId(id)));
    },
    async forgetBrowsers(userId) {
      return Number(await redis.run(FORGET_ALL, { keys: [keys.browsers(userId)], args: [] }));
    },
  };
}

function toOutcome([outcome, text]: readonly (string | null)[], id: string): BrowserUseOutcome {
  if (outcome === 'missing') return { outcome };
  if (outcome !== 'used' && outcome !== 'replayed') throw unreadable('a remembered browser');
  return { outcome, browser: readBrowser(text ?? '', id) };
}

function writeBrowser(browser: RememberedBrowser): string {
  const { tokenHash, previousTokenHash, rotatedAt, lastUsedAt, createdAt, expiresAt } = browser;
  const { organizationId, factorSetHash, userAgent, address } = browser;
  const rest = JSON.stringify([organizationId, factorSetHash, userAgent, address]);
  return [tokenHash, previousTokenHash ?? '-', rotatedAt, lastUsedAt ?? '-', createdAt, expiresAt, rest].join(
    ' ',
  );
}

const instant = (value: string | undefined) => toWholeNumber(value ?? '', 'a remembered browser');

const BROWSER = /^(\S+) (\S+) (\d+) (\S+) (\d+) (\d+) (.*)$/s;

function readBrowser(text: string, id: string): RememberedBrowser {
  const [, tokenHash, previous, rotatedAt, lastUsedAt, createdAt, expiresAt, json] = BROWSER.exec(text) ?? [];
  if (tokenHash === undefined || json === undefined) throw unreadable('a remembered browser');
  const rest = parseJson(json, 'a remembered browser');
  if (!Array.isArray(rest) || rest.length !== 4) throw unreadable('a remembered browser');
  const [organizationId, factorSetHash, userAgent, address] = toTexts(rest, 'a remembered browser');
  return {
    id,
    organizationId: organizationId ?? '',
    tokenHash,
    previousTokenHash: previous === undefined || previous === '-' ? null : previous,
    rotatedAt: instant(rotatedAt),
    factorSetHash: factorSetHash ?? '',
    createdAt: instant(createdAt),
    lastUsedAt: toOptionalNumber(lastUsedAt === '-' ? null : lastUsedAt, 'a remembered browser'),
    expiresAt: instant(expiresAt),
    userAgent: userAgent ?? '',
    address: address ?? '',
  };
}
