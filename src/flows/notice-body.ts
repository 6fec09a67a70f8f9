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

/** Null where the text is none that was written here. */
export function parseNoticeBody(text: string): NoticeBody | null {
  try {
    const body: unknown = JSON.parse(text);
    return isBody(body) ? body : null;
  } catch {
    return null;
  }
}

/** The fields that every notice has; those of its kind are as they were written. */
function isBody(value: unknown): value is NoticeBody {
  if (typeof value !== 'object' || value === null) return false;
  const { userName, notice } = value as Readonly<Record<string, unknown>>;
  if (typeof userName !== 'string' || typeof notice !== 'object' || notice === null) return false;
  const { kind, at, origin } = notice as Readonly<Record<string, unknown>>;
  return typeof kind === 'string' && typeof at === 'number' && origin !== undefined;
}
