import {
  ownerKey,
  parseOwnerKey,
  type CurrentDocument,
  type DocumentAnswer,
  type DocumentChange,
  type DocumentName,
  type DocumentStore,
  type Owner,
} from '../document-store';
import { toStored } from './command';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, toTexts, unreadable } from './replies';
import { defineScript } from './script';

/*
 * The documents of one owner are one hash: the body of a document under its name, its version under the name with `:v`.
 * The script compares versions and never reads a body.
 */

/**
 * Key: the hash. Arguments for each change: the name, the expected version (empty for none), the action (`set`, `remove` or
 * `keep`), the new version and the new body. Returns 1, or, if a version is not the expected one, the version and body of each
 * named document.
 */
const WRITE = defineScript(`
local current, isExpected = {}, true
for at = 1, #ARGV, 5 do
  local found = redis.call('HMGET', KEYS[1], ARGV[at] .. ':v', ARGV[at])
  if (found[1] or '') ~= ARGV[at + 1] then isExpected = false end
  current[#current + 1] = found[1]
  current[#current + 1] = found[2]
end
if not isExpected then return current end
for at = 1, #ARGV, 5 do
  if ARGV[at + 2] == 'set' then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 4], ARGV[at] .. ':v', ARGV[at + 3])
  elseif ARGV[at + 2] == 'remove' then
    redis.call('HDEL', KEYS[1], ARGV[at], ARGV[at] .. ':v')
  end
end
return 1
`);

/** A claim is stored as a document whose version is its owner. */
const CLAIM = 'claim';

export function documentsIn(redis: RedisCommands, keys: Keys): DocumentStore {
  const ask = (key: string, name: string, known?: string): Promise<DocumentAnswer> =>
    redis.readDocument({ key, name, ...(known === undefined ? {} : { known }) });

  async function change(
    key: string,
    args: readonly string[],
  ): Promise<readonly (string | null)[] | undefined> {
    const reply = await redis.run(WRITE, { keys: [key], args });
    return isOne(reply) ? undefined : toTexts(reply, 'documents');
  }

  async function release(key: string, owner: Owner): Promise<void> {
    await change(keys.claim(key), [CLAIM, ownerKey(owner), 'remove', '', '']);
    await redis.send('srem', keys.claimedBy(owner), key);
  }

  return {
    read: (queries) =>
      Promise.all(queries.map(({ owner, name, known }) => ask(keys.documents(owner), name, known))),

    async write(owner, changes) {
      const current = await change(keys.documents(owner), changes.flatMap(toArguments));
      if (current === undefined) return { outcome: 'written' };
      return { outcome: 'conflict', current: changes.map((_, place) => toCurrent(current, place)) };
    },

    async removeDocuments(owner) {
      await redis.send('del', keys.documents(owner));
      const claimed = toTexts(await redis.send('smembers', keys.claimedBy(owner)), 'keys of an owner');
      await Promise.all(claimed.map((key) => release(key ?? '', owner)));
    },

    async claim(key, owner) {
      const holder = ownerKey(owner);
      // Record the claim first: if the process ends here, the key can still be found through its owner.
      await redis.send('sadd', keys.claimedBy(owner), key);
      const current = await change(keys.claim(key), [CLAIM, '', 'set', holder, '']);
      const isOurs = current === undefined || current[0] === holder;
      if (!isOurs) await redis.send('srem', keys.claimedBy(owner), key);
      return isOurs;
    },
    async findOwner(key) {
      const holder = await redis.send('hget', keys.claim(key), `${CLAIM}:v`);
      if (holder === null) return undefined;
      const owner = typeof holder === 'string' ? parseOwnerKey(holder) : undefined;
      if (owner === undefined) throw unreadable('the owner of a key');
      return owner;
    },
    release,
  };
}

function toArguments({ name, expected, next }: DocumentChange): readonly string[] {
  const from: readonly [DocumentName, string] = [name, expected ?? ''];
  if (next === undefined) return [...from, 'keep', '', ''];
  return next === null ? [...from, 'remove', '', ''] : [...from, 'set', next.version, next.body];
}

/** Reads one document of the reply. An absent document is two nulls, because Lua returns `false` for missing fields. */
function toCurrent(texts: readonly (string | null)[], place: number): CurrentDocument {
  return toStored(texts[2 * place] ?? null, texts[2 * place + 1] ?? null);
}
