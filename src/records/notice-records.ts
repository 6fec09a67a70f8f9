import { z } from 'zod';
import { MfaError } from '../core/errors';
import type { QueuedItem, QueueStore } from '../stores/queue-store';

/** A notice that has to reach somebody, kept until it went out. It holds no secret and no address in the clear. */
export interface KeptNotice {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  /** The address, sealed under the key ring. */
  readonly sealedAddress: string;
  /** What it says, as text that the store does not read. */
  readonly body: string;
  readonly keptAt: number;
  /** How often it was tried. */
  readonly attempts: number;
}

/** Where notices wait until they went out. */
export interface NoticeRecords {
  /**
   * Keeps a notice that is due then; one of the same id is replaced. Atomic: with `most` kept, the oldest due make room, and
   * their number is returned.
   */
  keepNotice(notice: KeptNotice, keep: { readonly dueAt: number; readonly most: number }): Promise<number>;
  /**
   * Takes the notices that are due, at most `limit`, and puts each off until `untilAt`, so that no other process sends it too.
   * What is due after `latestAt` was put off by a clock that is ahead, and is due as well. Atomic.
   */
  claimNotices(claim: {
    readonly now: number;
    readonly latestAt?: number;
    readonly limit: number;
    readonly untilAt: number;
  }): Promise<readonly KeptNotice[]>;
  dropNotice(id: string): Promise<void>;
  /** Drops every notice of an organization that waits. */
  dropNoticesOf(organizationId: string): Promise<void>;
}

const NOTICE_QUEUE = 'notices';
/** More than ever wait. */
const MOST_NOTICES = 1_000_000;

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
export function noticeRecordsIn(queue: QueueStore): NoticeRecords {
  return {
    keepNotice: (kept, when) =>
      queue.enqueue(NOTICE_QUEUE, { id: kept.id, userId: kept.userId, body: JSON.stringify(kept) }, when),
    async claimNotices(due) {
      return (await queue.takeDue(NOTICE_QUEUE, due)).map(toNotice);
    },
    dropNotice: (id) => queue.removeQueued(NOTICE_QUEUE, id),
    async dropNoticesOf(organizationId) {
      const waiting = (await queue.listQueued(NOTICE_QUEUE, MOST_NOTICES)).map(toNotice);
      const own = waiting.filter((kept) => kept.organizationId === organizationId);
      await Promise.all(own.map(({ id }) => queue.removeQueued(NOTICE_QUEUE, id)));
    },
  };
}

function toNotice({ body }: QueuedItem): KeptNotice {
  const read = notice.safeParse(JSON.parse(body));
  if (read.success) return read.data;
  throw new MfaError('records-unreadable', 'A queued notice is not what was written.', { cause: read.error });
}
