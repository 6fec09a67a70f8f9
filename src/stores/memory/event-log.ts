import type { MfaEvent } from '../../events/events';
import type { EventStore } from '../event-store';
import { matchesFilter, namesUser } from '../stored-event';

/** One organization's events, oldest first, numbered so that a page can begin where the one before ended. */
interface EventLog {
  next: number;
  kept: { readonly number: number; readonly event: MfaEvent }[];
}

export function eventLogsIn(logs: Map<string, EventLog>): EventStore {
  return {
    async appendEvents(events, { maxCount, maxAgeSeconds }) {
      const newest = events.at(-1);
      if (newest === undefined) return;
      const log = logs.get(newest.organizationId) ?? { next: 1, kept: [] };
      logs.set(newest.organizationId, log);
      for (const event of events) {
        log.kept.push({ number: log.next, event: { ...event, details: { ...event.details } } });
        log.next += 1;
      }
      // By the store's clock where that is behind: one process ahead must not push out what the others have stored.
      const oldest = Math.min(newest.at, Date.now()) - maxAgeSeconds * 1000;
      const tooMany = log.kept.length - maxCount;
      const firstYoung = log.kept.findIndex(({ event: { at } }) => at >= oldest);
      const drop = Math.max(tooMany, firstYoung === -1 ? log.kept.length : firstYoung);
      if (drop > 0) log.kept.splice(0, drop);
    },
    async listEvents({ limit, cursor, ...filter }) {
      const before = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : Infinity;
      const matching = (logs.get(filter.organizationId)?.kept ?? []).filter(
        ({ number, event }) => number < before && matchesFilter(event, filter),
      );
      const page = matching.slice(-limit).toReversed();
      const last = page.at(-1);
      const events = page.map(({ event }) => event);
      return matching.length > limit && last !== undefined
        ? { events, nextCursor: String(last.number) }
        : { events };
    },
    async eraseFromEvents(organizationId, userId, erase) {
      const log = logs.get(organizationId);
      if (log === undefined) return;
      log.kept = log.kept.map(({ number, event }) => ({
        number,
        event: namesUser(event, userId) ? erase(event) : event,
      }));
    },
    async removeEvents(organizationId) {
      logs.delete(organizationId);
    },
  };
}
