import { checkArguments } from '../../options/call-check';
import type { RecordStore } from '../record-store';
import { documentsIn } from './documents';
import { eventLogsIn } from './event-log';
import { memberIndexesIn } from './member-indexes';
import { queuesIn } from './queues';

/**
 * Records in the memory of one process, for trying out and for tests. They are lost when the process ends,
 * and a second process knows nothing of them.
 */
export function memoryRecords(...none: readonly []): RecordStore {
  checkArguments('memoryRecords', [], none);
  return {
    ...documentsIn({ documents: new Map(), claims: new Map() }),
    ...eventLogsIn(new Map()),
    ...memberIndexesIn(new Map()),
    ...queuesIn(new Map()),
    async findWeaknesses() {
      return [
        'The records are kept in memory and are lost when the process ends: pass `records: redisRecords(redis)` to keep them.',
      ];
    },
  };
}
