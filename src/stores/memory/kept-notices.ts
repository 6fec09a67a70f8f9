import type { KeptNotice } from '../notice-store';
import type { RecordStore } from '../record-store';

type Verbs = 'keepNotice' | 'claimNotices' | 'dropNotice';

interface Waiting {
  readonly notice: KeptNotice;
  readonly dueAt: number;
}

export function keptNoticesIn(waiting: Map<string, Waiting>): Pick<RecordStore, Verbs> {
  const byDue = () => [...waiting.values()].toSorted((a, b) => a.dueAt - b.dueAt);

  return {
    async keepNotice(notice, { dueAt, most }) {
      waiting.set(notice.id, { notice: { ...notice }, dueAt });
      const tooMany = byDue().slice(0, Math.max(0, waiting.size - most));
      for (const oldest of tooMany) waiting.delete(oldest.notice.id);
      return tooMany.length;
    },
    async claimNotices({ now, latestAt = Infinity, limit, untilAt }) {
      const due = byDue()
        .filter(({ dueAt }) => dueAt <= now || dueAt > latestAt)
        .slice(0, limit);
      for (const { notice } of due) waiting.set(notice.id, { notice, dueAt: untilAt });
      return due.map(({ notice }) => notice);
    },
    async dropNotice(id) {
      waiting.delete(id);
    },
  };
}
