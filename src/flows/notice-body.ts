import { z } from 'zod';
import type { Notice } from '../delivery/delivery';

/** What a notice says, and to whom by name. */
export interface NoticeBody {
  readonly userName: string;
  readonly notice: Notice;
}

/** A notice as it is kept: without the link, which is made anew when it is sent. */
export function writeNoticeBody({ userName, notice }: NoticeBody): string {
  const kept = notice.kind === 'proofs-locked' ? { ...notice, unlockUrl: null } : notice;
  return JSON.stringify({ userName, notice: kept });
}

/** The fields that every notice has; those of its kind are as they were written. */
const BODY = z.object({
  userName: z.string(),
  notice: z.looseObject({ kind: z.string(), at: z.number(), origin: z.looseObject({}).nullable() }),
});

function isBody(value: unknown): value is NoticeBody {
  return BODY.safeParse(value).success;
}

/** Null where the text is none that was written here. */
export function parseNoticeBody(text: string): NoticeBody | null {
  try {
    const body: unknown = JSON.parse(text);
    return isBody(body) ? body : null;
  } catch {
    return null;
  }
}
