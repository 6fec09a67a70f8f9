import {
  LONGEST_REMEMBERED_SECONDS,
  isBrowserOver,
  type RememberedBrowser,
} from '../../core/member/remembered-browser';
import { CLOCK_TOLERANCE_MS } from '../../core/text/credible-instant';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import { MAX_BROWSERS_PER_USER, byNewest } from '../browser-list';
import type { BrowserUseOutcome, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, parseJson, toHash, toOptionalNumber, toTexts, toWholeNumber } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/*
 * A browser is one text, so that a script can read what it compares without reading JSON:
 * `tokenHash previousTokenHash branch confirmed rotatedAt lastUsedAt createdAt expiresAt [organizationId, factorSetHash, userAgent,
 * address]`, with a dash for what is null, and `+` where it is confirmed.
 */

/** The browsers; the id, the browser, its end, now, how many there may be, the latest end that is believed. */
const REMEMBER = defineScript(`
local ends, now = tonumber(ARGV[3]), tonumber(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local others = {}
for i = 1, #all, 2 do
  local createdAt, expiresAt = string.match(all[i + 1], '^%S+ %S+ %S+ %S+ %S+ %S+ (%d+) (%d+) ')
  expiresAt = tonumber(expiresAt)
  if not expiresAt or expiresAt <= now or expiresAt > tonumber(ARGV[6]) then
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

/**
 * The browsers; the id, now, the grace in milliseconds, the latest end that is believed, the next hash, the branch and the hash after a
 * lost answer, then the hashes of what was sent. The same as `rotateBrowser` in core, which has the reasons.
 */
const USE = defineScript(`
local browser = redis.call('HGET', KEYS[1], ARGV[1])
if not browser then return {'missing'} end
local current, previous, branch, confirmed, rotatedAt, _, createdAt, expiresAt, rest =
  string.match(browser, '^(%S+) (%S+) (%S+) (%S+) (%d+) (%S+) (%d+) (%d+) (.*)$')
if not current then error('UNREADABLE browser') end
local now = tonumber(ARGV[2])
if now >= tonumber(expiresAt) or tonumber(expiresAt) > tonumber(ARGV[4]) then return {'missing'} end
local isCurrent, isPrevious = false, false
for i = 8, #ARGV do
  if ARGV[i] == current then isCurrent = true end
  if ARGV[i] == previous then isPrevious = true end
end
local age = now - tonumber(rotatedAt)
if isCurrent then
  previous, current, branch, confirmed, rotatedAt = current, ARGV[5], '-', '-', ARGV[2]
elseif isPrevious and age >= -${CLOCK_TOLERANCE_MS} and age < tonumber(ARGV[3]) then
  -- A tab that signed in at the same time gets what the others got.
elseif isPrevious and confirmed == '-' then
  current, branch, rotatedAt = ARGV[7], ARGV[6], ARGV[2]
else
  redis.call('HDEL', KEYS[1], ARGV[1])
  return {'replayed', browser}
end
local used = table.concat({current, previous, branch, confirmed, rotatedAt, ARGV[2], createdAt, expiresAt, rest}, ' ')
redis.call('HSET', KEYS[1], ARGV[1], used)
return {'used', used}
`);

/** The browsers; the id, then the hashes of what was sent. */
const CONFIRM = defineScript(`
local browser = redis.call('HGET', KEYS[1], ARGV[1])
if not browser then return 0 end
local current, before, _, rest = string.match(browser, '^(%S+) (%S+ %S+) (%S+) (.*)$')
for i = 2, #ARGV do
  if ARGV[i] == current then
    redis.call('HSET', KEYS[1], ARGV[1], table.concat({current, before, '+', rest}, ' '))
    return 1
  end
end
return 0
`);

/** The browsers. */
const FORGET_ALL = defineScript(`
local count = redis.call('HLEN', KEYS[1])
redis.call('DEL', KEYS[1])
return count
`);

type Verbs =
  'rememberBrowser' | 'useBrowser' | 'confirmBrowser' | 'listBrowsers' | 'forgetBrowser' | 'forgetBrowsers';

/** The end of what a clock that is not ahead remembers now. */
const latestEnd = (now: number) => now + LONGEST_REMEMBERED_SECONDS * 1000 + CLOCK_TOLERANCE_MS;

export function rememberedBrowsersIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  return {
    async rememberBrowser(userId, browser, now) {
      const entry = [encodeId(browser.id), writeBrowser(browser), browser.expiresAt];
      const args = [...entry, now, MAX_BROWSERS_PER_USER, latestEnd(now)];
      await redis.run(REMEMBER, { keys: [keys.browsers(userId)], args });
    },
    async useBrowser({ userId, id, tokenHashes, nextTokenHash, again, now, graceSeconds }) {
      const next = [nextTokenHash, again.branch, again.tokenHash];
      const args = [encodeId(id), now, graceSeconds * 1000, latestEnd(now), ...next, ...tokenHashes];
      const reply = await redis.run(USE, { keys: [keys.browsers(userId)], args });
      return toOutcome(toTexts(reply, 'a remembered browser'), id);
    },
    async confirmBrowser(userId, id, tokenHashes) {
      const args = [encodeId(id), ...tokenHashes];
      return isOne(await redis.run(CONFIRM, { keys: [keys.browsers(userId)], args }));
    },
    async listBrowsers(userId, now) {
      const fields = toHash(await redis.send('hgetall', keys.browsers(userId)), 'remembered browsers');
      return Object.entries(fields)
        .map(([id, text]) => readBrowser(text ?? '', decodeId(id)))
        .filter((browser) => !isBrowserOver(browser, now))
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
  const { tokenHash, previousTokenHash, branch, confirmed } = browser;
  const { rotatedAt, lastUsedAt, createdAt, expiresAt } = browser;
  const { organizationId, securityFingerprint, userAgent, address } = browser;
  const tokens = [tokenHash, previousTokenHash ?? '-', branch === '' ? '-' : branch, confirmed ? '+' : '-'];
  const rest = JSON.stringify([organizationId, securityFingerprint, userAgent, address]);
  return [...tokens, rotatedAt, lastUsedAt ?? '-', createdAt, expiresAt, rest].join(' ');
}

const instant = (value: string | undefined) => toWholeNumber(value ?? '', 'a remembered browser');

const BROWSER = /^(\S+) (\S+) (\S+) ([+-]) (\d+) (\S+) (\d+) (\d+) (.*)$/s;

function readBrowser(text: string, id: string): RememberedBrowser {
  const [, tokenHash, previous, branch, confirmed, ...others] = BROWSER.exec(text) ?? [];
  const [rotatedAt, lastUsedAt, createdAt, expiresAt, json] = others;
  if (tokenHash === undefined || json === undefined) throw unreadable('a remembered browser');
  const rest = parseJson(json, 'a remembered browser');
  if (!Array.isArray(rest) || rest.length !== 4) throw unreadable('a remembered browser');
  const [organizationId, securityFingerprint, userAgent, address] = toTexts(rest, 'a remembered browser');
  return {
    id,
    organizationId: organizationId ?? '',
    tokenHash,
    previousTokenHash: previous === undefined || previous === '-' ? null : previous,
    branch: branch === undefined || branch === '-' ? '' : branch,
    confirmed: confirmed === '+',
    rotatedAt: instant(rotatedAt),
    securityFingerprint: securityFingerprint ?? '',
    createdAt: instant(createdAt),
    lastUsedAt: toOptionalNumber(lastUsedAt === '-' ? null : lastUsedAt, 'a remembered browser'),
    expiresAt: instant(expiresAt),
    userAgent: userAgent ?? '',
    address: address ?? '',
  };
}
