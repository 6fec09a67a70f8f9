import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Throttle } from './state-store';

export function countingThrottle(limiter: RateLimiterAbstract): Throttle {
  return {
    async spend(key) {
      try {
        await limiter.consume(key);
        return { outcome: 'spent' };
      } catch (refusal) {
        // The limiter rejects with its result if nothing is left, and with an error if its store failed.
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { outcome: 'blocked', retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
      }
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
    async clear(key) {
      await limiter.delete(key);
    },
  };
}
