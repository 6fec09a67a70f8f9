import { checkArguments } from '../../options/call-check';
import type { RecordStore } from '../record-store';
import { authenticatorsIn } from './authenticators';
import { jobsIn } from './background-jobs';
import { eventLogsIn } from './event-log';
import { guessesIn } from './guesses';
import { keptNoticesIn } from './kept-notices';
import { memberIndexesIn } from './member-indexes';
import { membersIn } from './members';
import { policiesIn } from './policies';
import { recoveryCodesIn } from './recovery-codes';
import { rememberedBrowsersIn } from './remembered-browsers';
import type { Users } from './user-records';

/**
 * Records in the memory of one process, for trying out and for tests. They are lost when the process ends,
 * and a second process knows nothing of them.
 */
export function memoryRecords(...none: readonly []): RecordStore {
  checkArguments('memoryRecords', [], none);
  const users: Users = new Map();
  return {
    ...membersIn(users),
    ...policiesIn(new Map(), new Map(), new Map()),
    ...authenticatorsIn(users),
    ...guessesIn(users),
    ...recoveryCodesIn(users),
    ...rememberedBrowsersIn(users),
    ...keptNoticesIn(new Map()),
    ...eventLogsIn(new Map()),
    ...memberIndexesIn(new Map()),
    ...jobsIn(new Map()),
    async findWeaknesses() {
      return [
        'The records are kept in memory and are lost when the process ends: pass `records: redisRecords(redis)` to keep them.',
      ];
    },
  };
}
