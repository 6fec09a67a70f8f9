import type { UnseenCodes, UnseenCodesStore } from '../unseen-codes';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isInstant, isOne, parseObject } from './replies';
import { unreadable } from './store-errors';

export function unseenCodesIn(redis: RedisCommands, keys: Keys): UnseenCodesStore {
  return {
    async keepUnseenCodes({ userId, ownerId }, { sealed, issuedAt, expiresAt, replacesOlder }, now) {
      const text = JSON.stringify({ sealed, issuedAt, expiresAt, replacesOlder });
      await redis.send('set', keys.unseenCodes(userId, ownerId), text, 'PX', Math.max(1, expiresAt - now));
    },
    async findUnseenCodes({ userId, ownerId }) {
      const text = await redis.send('get', keys.unseenCodes(userId, ownerId));
      return typeof text === 'string' ? readCodes(text) : undefined;
    },
    async endUnseenCodes({ userId, ownerId }) {
      return isOne(await redis.send('del', keys.unseenCodes(userId, ownerId)));
    },
  };
}

function readCodes(text: string): UnseenCodes {
  const what = 'new recovery codes';
  const { sealed, issuedAt, expiresAt, replacesOlder } = parseObject(text, what);
  if (typeof sealed !== 'string' || typeof replacesOlder !== 'boolean') throw unreadable(what);
  if (!isInstant(issuedAt) || !isInstant(expiresAt)) throw unreadable(what);
  return { sealed, issuedAt, expiresAt, replacesOlder };
}
