import type { ChallengePurpose, SentMessage, StateStore } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, parseObject } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

const PURPOSES: ReadonlySet<unknown> = new Set<ChallengePurpose>(['login', 'step-up', 'enroll', 'unlock']);

/** The value of a message whose report came before the message was stored. */
const ASKED_FOR = '?';

/** The message; what it says, its life in milliseconds. */
const REMEMBER = defineScript(`
if redis.call('GET', KEYS[1]) == '${ASKED_FOR}' then
  redis.call('DEL', KEYS[1])
  return 1
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
`);

/** The message; how long the question is remembered, in milliseconds. */
const TAKE = defineScript(`
local message = redis.call('GETDEL', KEYS[1])
local isKnown = message and message ~= '${ASKED_FOR}'
if not isKnown and tonumber(ARGV[1]) > 0 then redis.call('SET', KEYS[1], '${ASKED_FOR}', 'PX', ARGV[1]) end
return message
`);

const toMilliseconds = (seconds: number) => Math.ceil(seconds * 1000);

type Verbs = 'rememberSentMessage' | 'takeSentMessage';

export function sentMessagesIn(redis: RedisCommands, keys: Keys): Pick<StateStore, Verbs> {
  return {
    async rememberSentMessage(messageId, { userId, ownerId, purpose, codeId }, lifeSeconds) {
      const text = JSON.stringify({ userId, ownerId, purpose, codeId });
      const call = { keys: [keys.message(messageId)], args: [text, toMilliseconds(lifeSeconds)] };
      return isOne(await redis.run(REMEMBER, call));
    },
    async takeSentMessage(messageId, questionSeconds = 0) {
      const call = { keys: [keys.message(messageId)], args: [toMilliseconds(questionSeconds)] };
      const text = await redis.run(TAKE, call);
      return typeof text === 'string' && text !== ASKED_FOR ? readSentMessage(text) : undefined;
    },
  };
}

function readSentMessage(text: string): SentMessage {
  const { userId, ownerId, purpose, codeId } = parseObject(text, 'a sent message');
  if (typeof userId !== 'string' || typeof ownerId !== 'string') throw unreadable('a sent message');
  if (typeof codeId !== 'string' || !isPurpose(purpose)) throw unreadable('a sent message');
  return { userId, ownerId, purpose, codeId };
}

function isPurpose(value: unknown): value is ChallengePurpose {
  return PURPOSES.has(value);
}
