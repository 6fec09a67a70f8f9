import type { RecordStore, RecoveryCodeSet } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { guessFields } from './member-hash';
import { isOne } from './replies';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/** Lua: where the arguments of a set begin: how many, when they were made, then each number and hash. */
export const REPLACE_CODES = `
local function replaceCodes(from)
  redis.call('DEL', KEYS[2])
  if #ARGV > from + 1 then redis.call('HSET', KEYS[2], unpack(ARGV, from + 2)) end
  redis.call('HSET', KEYS[1], 'r', ARGV[from], 'i', ARGV[from + 1])
end
`;

export function writeCodes({ codes, issuedAt }: RecoveryCodeSet): (string | number)[] {
  return [codes.length, issuedAt, ...codes.flatMap(({ number, codeHash }) => [number, codeHash])];
}

/** The member and the recovery codes; a set. */
const REPLACE = defineScript(`${REPLACE_CODES}
replaceCodes(1)
`);

/** The member and the recovery codes; the number and the hash, and the fields of the guesses. */
const CONSUME = defineScript(`
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'r', redis.call('HLEN', KEYS[2]))
redis.call('HDEL', KEYS[1], unpack(ARGV, 3))
return 1
`);

type Verbs = 'replaceRecoveryCodes' | 'findRecoveryCode' | 'consumeRecoveryCode';

export function recoveryCodesIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  const both = (userId: string) => [keys.member(userId), keys.recoveryCodes(userId)];

  return {
    async replaceRecoveryCodes(userId, codes, issuedAt) {
      await redis.run(REPLACE, { keys: both(userId), args: writeCodes({ codes, issuedAt }) });
    },
    async findRecoveryCode(userId, number) {
      const codeHash = await redis.send('hget', keys.recoveryCodes(userId), number);
      if (codeHash === null || codeHash === undefined) return undefined;
      if (typeof codeHash !== 'string') throw unreadable('a recovery code');
      return { number, codeHash };
    },
    async consumeRecoveryCode(userId, { number, codeHash }) {
      return isOne(
        await redis.run(CONSUME, {
          keys: both(userId),
          args: [number, codeHash, ...guessFields('recovery-codes')],
        }),
      );
    },
  };
}
