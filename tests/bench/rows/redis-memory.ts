import { Redis } from 'ioredis';
import type { Bench } from '../bench';
import { HttpConnection } from '../http-connection';
import type { Row } from '../report';
import { round } from '../statistics';
import { logIn, SYSTEMS, type SystemName } from '../systems';

const LOGINS = 1000;
const PEOPLE = LOGINS + 1;

/** What so many logins, each stopped after a step, leave in Redis: keys, ends and indexes included, events left out. */
async function bytesPerLogin(bench: Bench, name: SystemName, steps: number): Promise<number> {
  await bench.seed(PEOPLE);
  const redis = new Redis(bench.redis.url);
  const used = async () => Number(/\bused_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  const eventBytes = async () =>
    Number((await redis.call('MEMORY', 'USAGE', 'mfa:{organization:acme}:events', 'SAMPLES', '0')) ?? 0);
  const system = SYSTEMS[name];
  const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE });
  const connection = await HttpConnection.open(server.port);
  await logIn(system, connection, LOGINS, { steps });
  const before = (await used()) - (await eventBytes());
  for (let person = 0; person < LOGINS; person += 1) await logIn(system, connection, person, { steps });
  const after = (await used()) - (await eventBytes());
  connection.close();
  await server.stop();
  redis.disconnect();
  return (after - before) / LOGINS;
}

export async function measureRedisMemory(bench: Bench): Promise<readonly Row[]> {
  const plain = await bytesPerLogin(bench, 'plain-session', 1);
  const pendingWithSession = await bytesPerLogin(bench, 'express-mfa', 1);
  const signedIn = await bytesPerLogin(bench, 'express-mfa', 2);
  const pending = await pendingRecordBytes(bench);
  bench.note(
    `Redis memory: plain session ${round(plain, 0)} B; after the password ${round(pendingWithSession, 0)} B with the visitor's session; signed in ${round(signedIn, 0)} B`,
  );
  return [
    {
      what: 'Redis memory of a pending login with its challenge',
      measured: pending,
      wanted: { atMost: 512 },
      unit: 'B',
    },
    {
      what: 'Redis memory of a session with its index, against a plain session',
      measured: signedIn / plain,
      wanted: { atMost: 2 },
    },
  ];
}

/** The key of a pending login itself, as Redis counts it. */
async function pendingRecordBytes(bench: Bench): Promise<number> {
  await bench.seed(PEOPLE);
  const redis = new Redis(bench.redis.url);
  const system = SYSTEMS['express-mfa'];
  const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE });
  const connection = await HttpConnection.open(server.port);
  await logIn(system, connection, 1, { steps: 1 });
  const [, keys] = await redis.scan(0, 'MATCH', '*:owner:*', 'COUNT', 100_000);
  const bytes = await redis.memory('USAGE', keys[0] ?? '', 'SAMPLES', 0);
  connection.close();
  await server.stop();
  redis.disconnect();
  return Number(bytes);
}
