import type { ChallengePurpose, SentMessage, StateStore } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { parseObject } from './replies';
import { unreadable } from './store-errors';

const PURPOSES: ReadonlySet<unknown> = new Set<ChallengePurpose>(['login', 'step-up', 'enroll', 'unlock']);

export function sentMessagesIn(
  redis: RedisCommands,
  keys: Keys,
): Pick<StateStore, 'rememberSentMessage' | 'takeSentMessage'> {
  return {
    async rememberSentMessage(messageId, { userId, ownerId, purpose, challengeId }, lifeSeconds) {
      const text = JSON.stringify({ userId, ownerId, purpose, challengeId });
      await redis.send('set', keys.message(messageId), text, 'PX', Math.ceil(lifeSeconds * 1000));
    },
    async takeSentMessage(messageId) {
      const text = await redis.send('getdel', keys.message(messageId));
      return typeof text === 'string' ? readSentMessage(text) : undefined;
    },
  };
}

function readSentMessage(text: string): SentMessage {
  const { userId, ownerId, purpose, challengeId } = parseObject(text, 'a sent message');
  if (typeof userId !== 'string' || typeof ownerId !== 'string') throw unreadable('a sent message');
  if (typeof challengeId !== 'string' || !isPurpose(purpose)) throw unreadable('a sent message');
  return { userId, ownerId, purpose, challengeId };
}

function isPurpose(value: unknown): value is ChallengePurpose {
  return PURPOSES.has(value);
}
