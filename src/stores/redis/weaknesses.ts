import { redisCommands, type RedisClient, type RedisCommands } from './command-batch';
import { toHash } from './replies';

export async function findWeaknesses(client: RedisClient, timeoutMs: number): Promise<readonly string[]> {
  const found = await Promise.all(
    mastersOf(client).map((node) => weaknessesOf(redisCommands(node, { timeoutMs }))),
  );
  return [...new Set(found.flat())];
}

/** The clock of Redis, in epoch milliseconds. With several nodes, the clock furthest from `now`. */
export async function readClock(client: RedisClient, timeoutMs: number, now: number): Promise<number> {
  const clocks = await Promise.all(
    mastersOf(client).map(async (node) => {
      const reply = await redisCommands(node, { timeoutMs }).send('time');
      const [seconds, microseconds] = Array.isArray(reply) ? reply : [];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    }),
  );
  return clocks.reduce((a, b) => (Math.abs(b - now) > Math.abs(a - now) ? b : a), now);
}

function mastersOf(client: RedisClient): readonly RedisClient[] {
  return client.isCluster && 'nodes' in client ? client.nodes('master') : [client];
}

async function weaknessesOf(redis: RedisCommands): Promise<readonly string[]> {
  // Check first that Redis answers at all, so that an error below means that the setting is refused.
  const [, policy, appendOnly] = await Promise.all([
    redis.send('ping'),
    readSetting(redis, 'maxmemory-policy'),
    readSetting(redis, 'appendonly'),
  ]);
  const shown = policy === undefined || appendOnly === undefined ? await readInfo(redis) : undefined;
  const eviction = policy ?? shown?.get('maxmemory_policy');
  const appends = appendOnly ?? (shown?.get('aof_enabled') === '1' ? 'yes' : shown?.get('aof_enabled'));
  if (eviction === undefined || appends === undefined) {
    return [
      'Redis does not show its settings: allow CONFIG GET or INFO to this user, or see to it that `maxmemory-policy` is `noeviction` and `appendonly` is `yes`.',
    ];
  }
  const weaknesses: string[] = [];
  if (eviction !== 'noeviction') {
    weaknesses.push(
      `Redis drops records when memory is short, as its \`maxmemory-policy\` is \`${eviction}\`: set it to \`noeviction\`.`,
    );
  }
  if (appends !== 'yes') {
    weaknesses.push(
      'Redis loses what was written last when it stops, as `appendonly` is `no`: set it to `yes`.',
    );
  }
  return weaknesses;
}

/** Undefined if the server refuses, as hosted servers do. */
async function readSetting(redis: RedisCommands, name: string): Promise<string | undefined> {
  try {
    const reply = await redis.send('config', 'GET', name);
    if (Array.isArray(reply)) return reply[0] === name && typeof reply[1] === 'string' ? reply[1] : undefined;
    return toHash(reply, 'settings')[name];
  } catch {
    return undefined;
  }
}

/** The information that hosted servers show although they refuse CONFIG. */
async function readInfo(redis: RedisCommands): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const sections = await Promise.all([redis.send('info', 'memory'), redis.send('info', 'persistence')]);
    const lines = sections.flatMap((section) => String(section).split('\r\n'));
    return new Map(lines.map((line): [string, string] => splitOnce(line)));
  } catch {
    return undefined;
  }
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}
