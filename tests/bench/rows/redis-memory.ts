import { Redis } from 'ioredis';
import type { Bench } from '../bench';
import { HttpConnection } from '../http-connection';
import { exactly, type Row } from '../report';
import { median, round } from '../statistics';
import { logIn, SYSTEMS, type SystemName } from '../systems';

const LOGINS = 200;

/** What the keys of one kind take in the median, as Redis counts them, after so many logins that stop after a step. */
async function bytesOf(
  bench: Bench,
  name: SystemName,
  measured: { readonly steps: number; readonly patterns: readonly string[] },
): Promise<readonly number[]> {
  await bench.seed(LOGINS);
  const redis = new Redis(bench.redis.url);
  const system = SYSTEMS[name];
  const server = await system.start({ redisUrl: bench.redis.url, people: LOGINS });
  const connection = await HttpConnection.open(server.port);
  for (let person = 0; person < LOGINS; person += 1)
    await logIn(system, connection, person, { steps: measured.steps });
  const sizes: number[] = [];
  for (const pattern of measured.patterns) {
    const [, keys] = await redis.scan(0, 'MATCH', pattern, 'COUNT', 1_000_000);
    const bytes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    sizes.push(median(bytes.map(Number)));
  }
  connection.close();
  await server.stop();
  redis.disconnect();
  return sizes;
}

export async function measureRedisMemory(bench: Bench): Promise<readonly Row[]> {
  const [plain = Number.NaN] = await bytesOf(bench, 'plain-session', { steps: 1, patterns: ['plain:*'] });
  const [pending = Number.NaN] = await bytesOf(bench, 'express-mfa', { steps: 1, patterns: ['*:owner:*'] });
  const patterns = ['mfa:session:*', 'mfa:*:sessions'];
  const [session = Number.NaN, index = Number.NaN] = await bytesOf(bench, 'express-mfa', {
    steps: 2,
    patterns,
  });
  bench.note(
    `Redis memory: plain session ${round(plain, 0)} B; session ${round(session, 0)} B and its index ${round(index, 0)} B`,
  );
  return [
    {
      what: 'Redis memory of a pending login with its challenge',
      measured: exactly(pending),
      wanted: { atMost: 512 },
      unit: 'B',
    },
    {
      what: 'Redis memory of a session with its entry in the list, against a plain session',
      measured: exactly((session + index) / plain),
      wanted: { atMost: 2 },
    },
  ];
}
