import * as z from 'zod';
import { checkOption, checkWhole, type OptionRule, type RulesFor } from '../../options/option-check';
import { number, port } from '../../options/option-kinds';
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

const RULES = {
  prefix: {
    schema: z.string().regex(/^[^{}\s]+$/),
    allowed: 'a text without braces and spaces',
    write: "prefix: 'mfa'",
    shown: true,
  },
  timeoutMs: number({ min: 1, max: LONGEST_TIMEOUT_MS, unit: 'milliseconds', write: 'timeoutMs: 1000' }),
} satisfies RulesFor<RedisStoreOptions>;

const CLIENT: OptionRule = {
  ...port('a client of ioredis', 'new Redis(url) or new Cluster(nodes) of ioredis', ['pipeline', 'call']),
  required: true,
};

/** @throws ConfigurationError where the client or an option cannot be used. */
export function openRedis(client: RedisClient, options: RedisStoreOptions): RedisAccess {
  checkOption('redis', client, CLIENT);
  checkWhole('options', options, RULES, '{ timeoutMs: 1000 }');
  const { prefix = 'mfa', timeoutMs = 1000 } = options;
  return { redis: redisCommands(client, { timeoutMs }), keys: createKeys(prefix), timeoutMs };
}
