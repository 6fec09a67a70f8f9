import { MemoryStore } from 'express-session';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { checkArguments } from '../../options/call-check';
import { countingThrottle } from '../counting-throttle';
import type { StateStore, Throttle } from '../state-store';
import { challengesIn } from './challenges';
import { ExpiringMap } from './expiring-map';
import { firstStepsIn } from './first-steps';
import { Moments } from './moments';
import type { Owner } from './owners';
import { passwordAttemptsIn } from './password-attempts';
import { pendingLoginsIn } from './pending-logins';
import { sendsIn } from './sends';
import { sentMessagesIn } from './sent-messages';
import { sessionsIn } from './sessions';
import { unlockLinksIn } from './unlock-links';
import { unseenCodesIn, type KeptCodes } from './unseen-codes';

/** State in the memory of one process. When it ends, people sign in again. */
export function memoryState(...none: readonly []): StateStore {
  checkArguments('memoryState', [], none);
  const owners = new ExpiringMap<Owner>();
  const unseenCodes: KeptCodes = new ExpiringMap();
  const throttles = new Map<string, Throttle>();
  return {
    ...pendingLoginsIn(owners, unseenCodes),
    ...challengesIn(owners),
    ...sessionsIn(new ExpiringMap(), { owners, unseenCodes }),
    ...sendsIn(new ExpiringMap()),
    ...sentMessagesIn(new Moments()),
    ...firstStepsIn(new Moments()),
    ...unlockLinksIn(new ExpiringMap()),
    ...passwordAttemptsIn(),
    ...unseenCodesIn(unseenCodes),
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
