import { decodeId, encodeId } from '../../core/text/host-id';
import type { ChallengePurpose, SentMessage, StateStore, UnlockLink } from '../state-store';
import type { UnseenCodes, UnseenCodesStore } from '../unseen-codes';
import { writeLasting, type RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isInstant, isOne, parseObject, toTexts, unreadable } from './replies';
import { defineScript } from './script';

/** Data about a user whose key does not contain the user's id alone: owners of challenges, links, sent messages. */
interface UserKeyName {
  readonly kind: 'owner' | 'link' | 'message';
  readonly id: string;
}

/** More than one person has at the same time. Those that expire first are removed. */
const MOST_USER_KEYS = 200;

/** Records which keys exist about each user, so that all can be removed without a search. */
export interface UserKeys {
  note(
    userId: string,
    name: UserKeyName,
    life: { readonly now: number; readonly expiresAt: number },
  ): Promise<void>;
  forgetUser(userId: string): Promise<void>;
}

export function userKeysIn(redis: RedisCommands, keys: Keys): UserKeys {
  const ownerKeys = (userId: string, id: string) => [keys.owner(userId, id), keys.unseenCodes(userId, id)];
  const keysOf = (userId: string, name: string): readonly string[] => {
    const [kind, id = ''] = name.split(' ');
    if (kind === 'link') return [keys.unlockLink(decodeId(id))];
    if (kind === 'message') return [keys.message(decodeId(id))];
    return ownerKeys(userId, decodeId(id));
  };

  return {
    note: (userId, { kind, id }, { now, expiresAt }) =>
      writeLasting(redis, keys.held(userId), expiresAt - now, [
        ['zadd', expiresAt, `${kind} ${encodeId(id)}`],
        ['zremrangebyrank', 0, -1 - MOST_USER_KEYS],
      ]),

    async forgetUser(userId) {
      const [sessions, userKeys] = await Promise.all([
        redis.send('hkeys', keys.sessions(userId)),
        redis.send('zrange', keys.held(userId), 0, -1),
      ]);
      const handles = toTexts(sessions, 'sessions').map((handle) => decodeId(handle ?? ''));
      const names = toTexts(userKeys, 'names of keys').map((name) => name ?? '');
      const named = names.flatMap((name) => keysOf(userId, name));
      // One key per command, because keys are on different nodes.
      const all = [
        ...handles.flatMap((handle) => ownerKeys(userId, handle)),
        ...named,
        keys.sessions(userId),
      ];
      await Promise.all(all.map((key) => redis.send('del', key)));
      // Do this last, so that another call finds what this call failed to remove.
      if (names.length > 0) await redis.send('zrem', keys.held(userId), ...names);
    },
  };
}

type LinkVerbs = 'saveUnlockLink' | 'findUnlockLink' | 'endUnlockLink';

export function unlockLinksIn(
  redis: RedisCommands,
  keys: Keys,
  userKeys: UserKeys,
): Pick<StateStore, LinkVerbs> {
  return {
    async saveUnlockLink(tokenHash, { userId, expiresAt }, now) {
      const text = JSON.stringify({ userId, expiresAt });
      await Promise.all([
        redis.send('set', keys.unlockLink(tokenHash), text, 'PX', Math.max(1, expiresAt - now)),
        userKeys.note(userId, { kind: 'link', id: tokenHash }, { now, expiresAt }),
      ]);
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

export function unseenCodesIn(redis: RedisCommands, keys: Keys, userKeys: UserKeys): UnseenCodesStore {
  return {
    async keepUnseenCodes({ userId, ownerId }, { sealed, issuedAt, expiresAt, replacesOlder }, now) {
      const text = JSON.stringify({ sealed, issuedAt, expiresAt, replacesOlder });
      await Promise.all([
        redis.send('set', keys.unseenCodes(userId, ownerId), text, 'PX', Math.max(1, expiresAt - now)),
        userKeys.note(userId, { kind: 'owner', id: ownerId }, { now, expiresAt }),
      ]);
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

const PURPOSES: ReadonlySet<unknown> = new Set<ChallengePurpose>(['login', 'step-up', 'enroll', 'unlock']);

/** The value of a message whose delivery report came before the message was stored. */
const ASKED_FOR = '?';

/** Key: the message. Arguments: its content and lifetime in milliseconds. */
const REMEMBER = defineScript(`
if redis.call('GET', KEYS[1]) == '${ASKED_FOR}' then
  redis.call('DEL', KEYS[1])
  return 1
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
`);

/** Key: the message. Argument: how long to remember that it was asked for, in milliseconds. */
const TAKE = defineScript(`
local message = redis.call('GETDEL', KEYS[1])
local isKnown = message and message ~= '${ASKED_FOR}'
if not isKnown and tonumber(ARGV[1]) > 0 then redis.call('SET', KEYS[1], '${ASKED_FOR}', 'PX', ARGV[1]) end
return message
`);

const toMilliseconds = (seconds: number) => Math.ceil(seconds * 1000);

type MessageVerbs = 'rememberSentMessage' | 'takeSentMessage';

export function sentMessagesIn(
  redis: RedisCommands,
  keys: Keys,
  userKeys: UserKeys,
): Pick<StateStore, MessageVerbs> {
  return {
    async rememberSentMessage(messageId, { userId, ownerId, purpose, codeId }, lifeSeconds) {
      const text = JSON.stringify({ userId, ownerId, purpose, codeId });
      const call = { keys: [keys.message(messageId)], args: [text, toMilliseconds(lifeSeconds)] };
      const now = Date.now();
      const [asked] = await Promise.all([
        redis.run(REMEMBER, call),
        userKeys.note(
          userId,
          { kind: 'message', id: messageId },
          { now, expiresAt: now + lifeSeconds * 1000 },
        ),
      ]);
      return isOne(asked);
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

/** More than the clicks that a person makes on one form. */
const MOST_OF_ONE = 8;

type FirstStepVerbs = 'noteFirstStep' | 'findFirstSteps';

export function firstStepsIn(redis: RedisCommands, keys: Keys): Pick<StateStore, FirstStepVerbs> {
  return {
    async noteFirstStep(mark, pendingId, lifeSeconds) {
      await writeLasting(redis, keys.firstSteps(mark), lifeSeconds * 1000, [
        ['lpush', pendingId],
        ['ltrim', 0, MOST_OF_ONE - 1],
      ]);
    },
    async findFirstSteps(mark) {
      const found = toTexts(await redis.send('lrange', keys.firstSteps(mark), 0, -1), 'first steps');
      return found.map((step) => step ?? '');
    },
  };
}
