import * as z from 'zod';
import type { QueueStore } from '../stores/queue-store';
import { queueOf, type QueueOf } from './queue-of';

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

export interface NoticeRecords {
  readonly notices: QueueOf<KeptNotice>;
}

const notice: z.ZodType<KeptNotice> = z.object({
  id: z.string(),
  userId: z.string(),
  organizationId: z.string(),
  sealedAddress: z.string(),
  body: z.string(),
  keptAt: z.int(),
  attempts: z.int().min(0),
});

export function noticeRecordsIn(queue: QueueStore): NoticeRecords {
  return { notices: queueOf(queue, { name: 'notices', schema: notice, isAbout: ({ userId }) => userId }) };
}
