import { writeEvidence } from '../../core/proof/evidence-text';
import type { StateStore } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { PENDING_FIELDS, readPendingLogin, writeChallenge, writePendingLogin } from './owner-hash';
import { isOne } from './replies';
import { defineScript } from './script';

/** The owner; the life in milliseconds, then fields and values. One step, so that no key is ever without an end. */
const CREATE = defineScript(`
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
`);

/** The owner; the evidence. */
const SAVE_EVIDENCE = defineScript(`
if redis.call('HEXISTS', KEYS[1], 's') == 0 then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1])
return 1
`);

/** The owner and its new codes. */
const END = defineScript(`
local was = redis.call('HEXISTS', KEYS[1], 's')
redis.call('DEL', KEYS[1], KEYS[2])
return was
`);

type Verbs = 'createPendingLogin' | 'findPendingLogin' | 'savePendingEvidence' | 'endPendingLogin';

export function pendingLoginsIn(redis: RedisCommands, keys: Keys): Pick<StateStore, Verbs> {
  return {
    async createPendingLogin(pending, first) {
      const args = [
        pending.expiresAt - pending.startedAt,
        ...writePendingLogin(pending),
        ...(first === undefined ? [] : writeChallenge(first)),
      ];
      await redis.run(CREATE, { keys: [keys.owner(pending.userId, pending.id)], args });
    },
    async findPendingLogin(userId, id) {
      const reply = await redis.send('hmget', keys.owner(userId, id), ...PENDING_FIELDS);
      return readPendingLogin(reply, userId, id);
    },
    async savePendingEvidence(userId, id, evidence) {
      const call = { keys: [keys.owner(userId, id)], args: [writeEvidence(evidence)] };
      return isOne(await redis.run(SAVE_EVIDENCE, call));
    },
    async endPendingLogin(userId, id) {
      const ending = [keys.owner(userId, id), keys.unseenCodes(userId, id)];
      return isOne(await redis.run(END, { keys: ending, args: [] }));
    },
  };
}
