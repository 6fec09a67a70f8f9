import { MemoryStore } from 'express-session';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { checkArguments } from '../../options/call-check';
import { countingThrottle } from '../counting-throttle';
import type { RecordStore } from '../record-store';
import type { StateStore, Throttle, UnlockLink } from '../state-store';
import { challengesIn, pendingLoginsIn } from './challenges';
import { ExpiringMap, isOwnedBy, type Owner } from './owned-entries';
import { passwordAttemptsIn } from './password-attempts';
import { documentsIn, eventLogsIn, memberIndexesIn, queuesIn } from './records';
import { sessionsIn, type Sessions } from './sessions';
import {
  ShortLivedMap,
  firstStepsIn,
  sendsIn,
  sentMessagesIn,
  unlockLinksIn,
  unseenCodesIn,
  type StoredCodes,
  type SentMessages,
} from './short-lived';

/**
 * Records in the memory of one process, for trials and tests. They are lost when the process ends, and are not shared with
 * other processes.
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

/** State in the memory of one process. When the process ends, people have to sign in again. */
export function memoryState(...none: readonly []): StateStore {
  checkArguments('memoryState', [], none);
  const owners = new ExpiringMap<Owner>();
  const unseenCodes: StoredCodes = new ExpiringMap();
  const sessions: Sessions = new ExpiringMap();
  const messages: SentMessages = new ShortLivedMap();
  const links = new ExpiringMap<UnlockLink>();
  const throttles = new Map<string, Throttle>();
  return {
    ...pendingLoginsIn(owners, unseenCodes),
    ...challengesIn(owners),
    ...sessionsIn(sessions, { owners, unseenCodes }),
    ...sendsIn(new ExpiringMap()),
    ...sentMessagesIn(messages),
    ...firstStepsIn(new ShortLivedMap()),
    ...unlockLinksIn(links),
    ...passwordAttemptsIn(),
    ...unseenCodesIn(unseenCodes),
    async forgetUser(userId) {
      for (const map of [owners, unseenCodes]) map.deleteWhere((key) => isOwnedBy(key, userId));
      sessions.delete(userId);
      links.deleteWhere((_, link) => link.userId === userId);
      messages.deleteWhere((message) => message !== 'asked-for' && message.userId === userId);
    },
    findClock: async () => null,
    createSessionStore: () => new MemoryStore(),
    throttle({ name, points, seconds }) {
      const existing = throttles.get(name);
      if (existing !== undefined) return existing;
      const begun = countingThrottle(new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }));
      throttles.set(name, begun);
      return begun;
    },
  };
}

/**
 * Both stores in the memory of one process, for trials and tests.
 *
 * @example
 * createMfa({ ...memoryStores(), issuer, baseUrl, keys, users });
 */
export function memoryStores(...none: readonly []): {
  readonly records: RecordStore;
  readonly state: StateStore;
} {
  checkArguments('memoryStores', [], none);
  return { records: memoryRecords(), state: memoryState() };
}
