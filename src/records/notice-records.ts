import { z } from 'zod';
import { MfaError } from '../core/errors';
import type { KeptNotice } from '../stores/notice-store';
import type { QueueStore } from '../stores/queue-store';
import type { RecordStore } from '../stores/record-store';

const NOTICE_QUEUE = 'notices';

const notice: z.ZodType<KeptNotice> = z.object({
  id: z.string(),
  userId: z.string(),
  organizationId: z.string(),
  sealedAddress: z.string(),
  body: z.string(),
  keptAt: z.int(),
  attempts: z.int().min(0),
});

/** Notices that have to reach somebody, in the queue of that name. */
export function noticeRecordsIn(
  queue: QueueStore,
): Pick<RecordStore, 'keepNotice' | 'claimNotices' | 'dropNotice'> {
  return {
    keepNotice: (kept, when) =>
      queue.enqueue(NOTICE_QUEUE, { id: kept.id, userId: kept.userId, body: JSON.stringify(kept) }, when),
    async claimNotices(due) {
      return (await queue.takeDue(NOTICE_QUEUE, due)).map(({ body }) => {
        const read = notice.safeParse(JSON.parse(body));
        if (read.success) return read.data;
        throw new MfaError('records-unreadable', 'A queued notice is not what was written.', {
          cause: read.error,
        });
      });
    },
    dropNotice: (id) => queue.removeQueued(NOTICE_QUEUE, id),
  };
}
