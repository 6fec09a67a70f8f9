import { ConfigurationError } from '../../errors';
import { redisCommands, type RedisClient, type RedisCommands } from './command-batch';
import { createKeys, type Keys } from './keys';

export interface RedisStoreOptions {
  /** Before every key. `mfa` by default. */
  readonly prefix?: string;
  /** How long any call may take before it is refused. 1000 by default. */
  readonly timeoutMs?: number;
}

export interface RedisAccess {
  readonly redis: RedisCommands;
  readonly keys: Keys;
  readonly timeoutMs: number;
}

const LONGEST_TIMEOUT_MS = 60_000;

export function openRedis(client: RedisClient, options: RedisStoreOptions): RedisAccess {
  const { prefix = 'mfa', timeoutMs = 1000 } = options;
  if (typeof client?.pipeline !== 'function' || typeof client.call !== 'function') {
    throw new ConfigurationError(
      'redis',
      'is no ioredis client. Pass `new Redis(url)` or `new Cluster(nodes)` of ioredis.',
    );
  }
  if (typeof prefix !== 'string' || !/^[^{}\s]+$/.test(prefix)) {
    throw new ConfigurationError(
      'prefix',
      `is ${JSON.stringify(prefix)}. Write text without braces and spaces, for example 'mfa'.`,
    );
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > LONGEST_TIMEOUT_MS) {
    throw new ConfigurationError(
      'timeoutMs',
      `is ${String(timeoutMs)}. Write whole milliseconds from 1 to ${LONGEST_TIMEOUT_MS}, for example 1000.`,
    );
  }
  return { redis: redisCommands(client, { timeoutMs }), keys: createKeys(prefix), timeoutMs };
}
