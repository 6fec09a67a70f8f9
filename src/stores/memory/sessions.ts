import { isCredible } from '../../core/clock';
import { MAX_SESSION_DURATION_SECONDS } from '../../core/policy/policy';
import { MAX_SESSIONS_PER_USER, bySeenAt } from '../session-index';
import type { SessionEntry, StateStore } from '../state-store';
import { ownerKey, type ExpiringMap, type Owners } from './owned-entries';
import { moveCodes, type StoredCodes } from './short-lived';

type Verbs =
  'registerSession' | 'findSession' | 'touchSession' | 'listSessions' | 'endSession' | 'endOtherSessions';

export type Sessions = ExpiringMap<ReadonlyMap<string, SessionEntry>>;

const NONE: ReadonlyMap<string, SessionEntry> = new Map();

export function sessionsIn(
  sessions: Sessions,
  { owners, unseenCodes }: { readonly owners: Owners; readonly unseenCodes: StoredCodes },
): Pick<StateStore, Verbs> {
  return {
    async registerSession(userId, session, { now, replaces, continues }) {
      if (continues !== undefined && sessions.get(userId)?.has(continues) !== true) return;
      const others = [...(sessions.get(userId) ?? NONE).values()]
        .filter(
          ({ handle, expiresAt }) => handle !== session.handle && handle !== continues && now < expiresAt,
        )
        .toSorted((a, b) => b.startedAt - a.startedAt)
        .slice(0, MAX_SESSIONS_PER_USER - 1);
      const kept = [...others, { ...session, methods: [...session.methods] }];
      // Limit the expiry, in case a clock that was ahead has written it.
      const longest = now + MAX_SESSION_DURATION_SECONDS * 1000;
      const expiresAt = Math.min(longest, Math.max(...kept.map((entry) => entry.expiresAt)));
      sessions.set(userId, new Map(kept.map((entry) => [entry.handle, entry])), { now, expiresAt });
      for (const ended of [replaces, continues]) {
        if (ended === undefined) continue;
        const [from, to] = [ownerKey(userId, ended), ownerKey(userId, session.handle)];
        owners.delete(from);
        moveCodes(unseenCodes, from, to, now);
      }
    },
    async findSession(userId, handle) {
      return sessions.get(userId)?.get(handle);
    },
    async touchSession(userId, handle, seenAt) {
      const entries = sessions.get(userId) ?? NONE;
      const entry = entries.get(handle);
      if (entry === undefined) return false;
      const isAhead = !isCredible(entry.seenAt, seenAt);
      const touched = { ...entry, seenAt: isAhead ? seenAt : Math.max(entry.seenAt, seenAt) };
      sessions.replace(userId, new Map(entries).set(handle, touched));
      return true;
    },
    async listSessions(userId) {
      return [...(sessions.get(userId) ?? NONE).values()].toSorted(bySeenAt);
    },
    async endSession(userId, handle) {
      const rest = new Map(sessions.get(userId) ?? NONE);
      const ended = rest.delete(handle);
      sessions.replace(userId, rest);
      owners.delete(ownerKey(userId, handle));
      unseenCodes.delete(ownerKey(userId, handle));
      return ended;
    },
    async endOtherSessions(userId, keepHandle) {
      const entries = sessions.get(userId) ?? NONE;
      const kept = entries.get(keepHandle);
      sessions.replace(userId, new Map(kept === undefined ? [] : [[keepHandle, kept]]));
      return entries.size - (kept === undefined ? 0 : 1);
    },
  };
}
