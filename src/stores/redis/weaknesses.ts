import { redisCommands, type RedisClient, type RedisCommands } from './command-batch';
import { toHash } from './replies';

/** What is wrong with the settings of the Redis that records are to survive in: one sentence each, with the fix. */
export async function findWeaknesses(client: RedisClient, timeoutMs: number): Promise<readonly string[]> {
  const nodes: readonly RedisClient[] =
    client.isCluster && 'nodes' in client ? client.nodes('master') : [client];
  const found = await Promise.all(nodes.map((node) => weaknessesOf(redisCommands(node, { timeoutMs }))));
  return [...new Set(found.flat())];
}

async function weaknessesOf(redis: RedisCommands): Promise<readonly string[]> {
  // Whether Redis answers at all is asked first, so that a refusal below is one of the setting.
  const [, policy, appendOnly] = await Promise.all([
    redis.send('ping'),
    readSetting(redis, 'maxmemory-policy'),
    readSetting(redis, 'appendonly'),
  ]);
  if (policy === undefined || appendOnly === undefined) {
    return [
      'Redis does not show its settings: allow CONFIG GET to this user, or see to it that `maxmemory-policy` is `noeviction` and `appendonly` is `yes`.',
    ];
  }
  const weaknesses: string[] = [];
  if (policy !== 'noeviction') {
    weaknesses.push(
      `Redis drops records when memory is short, as its \`maxmemory-policy\` is \`${policy}\`: set it to \`noeviction\`.`,
    );
  }
  if (appendOnly !== 'yes') {
    weaknesses.push(
      'Redis loses what was written last when it stops, as `appendonly` is `no`: set it to `yes`.',
    );
  }
  return weaknesses;
}

/** Undefined where the server refuses, as hosted ones do. */
async function readSetting(redis: RedisCommands, name: string): Promise<string | undefined> {
  try {
    const reply = await redis.send('config', 'GET', name);
    if (Array.isArray(reply)) return reply[0] === name && typeof reply[1] === 'string' ? reply[1] : undefined;
    return toHash(reply, 'settings')[name];
  } catch {
    return undefined;
  }
}
