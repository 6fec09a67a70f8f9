import { redisRecords } from './records';
import { createHash } from 'node:crypto';
import { redisState } from '../../src/redis';
import type { Stores } from './admin-stores';
import { connectRedis } from './redis-client';
import { startRedisProxy } from './redis-proxy';
import { startRedisServer } from './redis-server';

/** What was asked of Redis, in order: names, scripts and numbers of keys and of words, without anybody's ids. */
export interface StoreTrace {
  readonly commands: readonly string[];
  /** The log of events is written behind the answer, so that its place among the others is nothing to compare. */
  readonly events: readonly string[];
}

export interface TracedStores extends Stores {
  trace(act: () => Promise<unknown>): Promise<StoreTrace>;
  /** Everything that is kept is gone. */
  clear(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Where a command has its keys, if not as its only second word. */
function keysOf([name = '', ...words]: readonly string[]): number {
  if (/^eval(sha)?$/i.test(name)) return Number(words[1]);
  return /^(del|exists|mget|unlink)$/i.test(name) ? words.length : 1;
}

function shapeOf(command: readonly string[]): string {
  const [name = '', script = ''] = command;
  const act = name.toLowerCase();
  const text = { eval: createHash('sha1').update(script).digest('hex'), evalsha: script }[act];
  const named = text === undefined ? act : `script ${text.slice(0, 8)}`;
  return `${named}, ${keysOf(command)} keys, ${command.length} words`;
}

const isOfEvents = (command: readonly string[]) => command.some((word) => word.endsWith('}:events'));

/** Both stores on a Redis of their own, where nobody else makes the server forget a script. */
export async function openTracedStores(): Promise<TracedStores> {
  const server = await startRedisServer();
  const proxy = await startRedisProxy(server.url);
  const redis = connectRedis(proxy.url);
  await redis.ping();
  // A busy machine must not look like a store that is down.
  const options = { timeoutMs: 20_000 };
  return {
    records: redisRecords(redis, options),
    state: redisState(redis, options),
    async trace(act) {
      const { commands } = await proxy.measure(act);
      const shapes = (ofEvents: boolean) =>
        commands.filter((command) => isOfEvents(command) === ofEvents).map((command) => shapeOf(command));
      return { commands: shapes(false), events: shapes(true) };
    },
    clear: () => redis.flushdb(),
    async stop() {
      redis.disconnect();
      await proxy.stop();
      await server.stop();
    },
  };
}
