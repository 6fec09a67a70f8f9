import type { StateStore } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { toTexts } from './replies';
import { defineScript } from './script';

/** The first steps, newest first; the pending login, the life of the notes in milliseconds, how many are kept. */
const NOTE = defineScript(`
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[3] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** More clicks on one form than anybody makes. */
const MOST_OF_ONE = 8;

type Verbs = 'noteFirstStep' | 'findFirstSteps';

export function firstStepsIn(redis: RedisCommands, keys: Keys): Pick<StateStore, Verbs> {
  return {
    async noteFirstStep(mark, pendingId, lifeSeconds) {
      const args = [pendingId, Math.ceil(lifeSeconds * 1000), MOST_OF_ONE];
      await redis.run(NOTE, { keys: [keys.firstSteps(mark)], args });
    },
    async findFirstSteps(mark) {
      const found = toTexts(await redis.send('lrange', keys.firstSteps(mark), 0, -1), 'first steps');
      return found.map((step) => step ?? '');
    },
  };
}
