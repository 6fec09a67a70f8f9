import { redisRecords, redisStores } from '../../support/records';
import { redisState } from 'express-mfa/redis';
import type { Redis } from 'ioredis';
import {
  DEMO_PASSWORD,
  newestCode,
  startExampleApp,
  type RunningExampleApp,
} from '../../support/example-app';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { connectRedis } from '../../support/redis-client';
import { startRedisServer, type RedisServer } from '../../support/redis-server';

const ALAN = 'alan@acme.example';

/** A client that goes on trying, as a host's would. */
const connect = (server: RedisServer): Redis => connectRedis(server.url, { retryStrategy: () => 50 });

async function comeBack(server: RedisServer, redis: Redis): Promise<void> {
  // Not by events.once, which takes each refused attempt for the end.
  const ready = new Promise<void>((resolve) => {
    if (redis.status === 'ready') resolve();
    else redis.once('ready', () => resolve());
  });
  await Promise.all([server.restart(), ready]);
}

describe('Redis goes away in the middle of a login', () => {
  let server: RedisServer;
  let redis: Redis;
  let example: RunningExampleApp;
  let alan: HttpAgent;

  afterEach(async () => {
    await example.stop();
    redis.disconnect();
    await server.stop();
  });

  /** Alan has entered the password and holds the code that was sent. */
  async function atChallenge(): Promise<void> {
    await example.mfa.members.save(
      { userId: 'alan', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    alan = createHttpAgent(example.url);
    await alan.get('/mfa/login');
    const page = await alan.follow(
      await alan.post('/mfa/login', { username: ALAN, password: DEMO_PASSWORD }),
    );
    expect(textOf(page.text)).toContain('Check your email');
  }

  async function expectRefused(answer: Awaited<ReturnType<HttpAgent['get']>>): Promise<void> {
    expect(answer.status).toBe(503);
    expect(textOf(answer.text)).toContain('Try again in a minute.');
    expect(answer.text).not.toMatch(/ECONNREFUSED|ioredis|node_modules/);
  }

  it('refuses with 503 meanwhile, and the login goes on when Redis is back', async () => {
    server = await startRedisServer();
    redis = connect(server);
    example = await startExampleApp({ ...redisStores(redis), onError: () => undefined });
    await atChallenge();
    const token = await alan.csrfToken();
    const code = newestCode(example, ALAN);

    const stranger = createHttpAgent(example.url);
    await stranger.get('/mfa/login');
    await server.crash();
    await expectRefused(await alan.post('/mfa/challenge', { code, _csrf: token }));
    await expectRefused(await alan.get('/mfa/challenge'));
    await expectRefused(await alan.get('/'));
    await expectRefused(await stranger.post('/mfa/login', { username: ALAN, password: DEMO_PASSWORD }));

    await comeBack(server, redis);
    const answer = await alan.post('/mfa/challenge', { code, _csrf: token });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    expect(textOf((await alan.get('/')).text)).toContain('Hello, Alan Turing');
  });

  it('starts over politely when what may be lost was lost', async () => {
    server = await startRedisServer({ appendOnly: false });
    redis = connect(server);
    const records = connectRedis();
    example = await startExampleApp({
      records: redisRecords(records, { prefix: 'outage' }),
      state: redisState(redis),
      onError: () => undefined,
    });
    await atChallenge();
    const code = newestCode(example, ALAN);

    await server.crash();
    await comeBack(server, redis);
    const answer = await alan.post('/mfa/challenge', { code });
    expect(answer.status).toBe(403);
    const start = await alan.follow(await alan.get('/'));
    expect(textOf(start.text)).toContain('Sign in');

    example.clock.advance(60_000);
    await alan.post('/mfa/login', { username: ALAN, password: DEMO_PASSWORD });
    await alan.get('/mfa/challenge');
    const again = await alan.post('/mfa/challenge', { code: newestCode(example, ALAN) });
    expect([again.status, again.headers['location']]).toEqual([303, '/']);
    records.disconnect();
  });
});
