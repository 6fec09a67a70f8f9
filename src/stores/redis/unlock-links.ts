import type { StateStore, UnlockLink } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isInstant, isOne, parseObject } from './replies';
import { unreadable } from './store-errors';

type Verbs = 'saveUnlockLink' | 'findUnlockLink' | 'endUnlockLink';

export function unlockLinksIn(redis: RedisCommands, keys: Keys): Pick<StateStore, Verbs> {
  return {
    async saveUnlockLink(tokenHash, { userId, expiresAt }, now) {
      const text = JSON.stringify({ userId, expiresAt });
      await redis.send('set', keys.unlockLink(tokenHash), text, 'PX', Math.max(1, expiresAt - now));
    },
    async findUnlockLink(tokenHash) {
      const text = await redis.send('get', keys.unlockLink(tokenHash));
      return typeof text === 'string' ? readLink(text) : undefined;
    },
    async endUnlockLink(tokenHash) {
      return isOne(await redis.send('del', keys.unlockLink(tokenHash)));
    },
  };
}

function readLink(text: string): UnlockLink {
  const { userId, expiresAt } = parseObject(text, 'an unlock link');
  if (typeof userId !== 'string' || !isInstant(expiresAt)) throw unreadable('an unlock link');
  return { userId, expiresAt };
}
