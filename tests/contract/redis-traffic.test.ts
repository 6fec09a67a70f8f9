import { redisRecords } from '../support/records';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisState } from '../../src/redis';
import { redisCommands } from '../../src/stores/redis/command-batch';
import { defineScript } from '../../src/stores/redis/script';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy, type RedisProxy } from '../support/redis-proxy';
import { NOW, aChallenge, aGuess, aPendingLogin, acceptTimeStep, anAuthenticator, newId } from './samples';

describe('what goes to Redis', () => {
  let proxy: RedisProxy;
  let redis: ReturnType<typeof connectRedis>;
  beforeAll(async () => {
    proxy = await startRedisProxy();
    redis = connectRedis(proxy.url);
    await redis.ping();
  });
  afterAll(async () => {
    redis.disconnect();
    await proxy.stop();
  });

  it('is written at once, in the order asked, from both stores', async () => {
    const records = redisRecords(redis);
    const state = redisState(redis);
    const traffic = await proxy.measure(() =>
      Promise.all([
        records.findMember('ada', 'acme'),
        records.findPolicy('acme'),
        state.findSession('ada', 'handle'),
        state.throttle({ name: 'password', points: 5, seconds: 60 }).spend('ada'),
      ]),
    );
    expect(traffic.roundTrips).toBe(1);
    expect(traffic.commands.map(([name]) => name)).toEqual(['eval', 'eval']);
  });

  it('takes along what the promise jobs of the same tick ask for', async () => {
    const records = redisRecords(redis);
    const traffic = await proxy.measure(() =>
      Promise.all([
        records.findMember('ada', 'acme'),
        Promise.resolve().then(() => records.findPolicy('acme')),
      ]),
    );
    expect(traffic.roundTrips).toBe(1);
  });

  it('is one round trip for a page of members and for every verb of one step', async () => {
    const records = redisRecords(redis);
    const state = redisState(redis);
    const userId = newId();
    const app = anAuthenticator();
    const pending = aPendingLogin({ userId });
    const challenge = aChallenge({ userId, ownerId: pending.id });
    // A document that this process has not seen is read before it is written.
    expect((await proxy.measure(() => records.establishUserEpoch(userId, 'epoch'))).roundTrips).toBe(2);
    const steps: (() => Promise<unknown>)[] = [
      () => records.findMembers(Array.from({ length: 50 }, newId), 'acme'),
      () => records.addAuthenticator(userId, app),
      () => records.spendGuess(aGuess({ userId, authenticatorId: app.id })),
      () => acceptTimeStep(records, { userId, authenticatorId: app.id, timeStep: 1, now: NOW }),
      () => state.createPendingLogin(pending),
      () => state.issueChallenge(challenge, { now: NOW, underPendingLogin: true }),
      () => state.spendAttempt(challenge, 5),
      () => state.consumeChallenge(challenge, challenge.id),
      () =>
        state.spendSendBudgets(
          ['a', 'b', 'c'].map((key) => ({ key, windows: [{ max: 9, seconds: 9 }] })),
          NOW,
        ),
      () => state.endSession(userId, 'handle'),
    ];
    for (const step of steps) expect((await proxy.measure(step)).roundTrips).toBe(1);
  });

  it('carries the text of a script once, and again when Redis forgot it', async () => {
    const records = redisRecords(redis);
    const [ada, bob] = [newId(), newId()];
    const spend = (userId: string) => records.spendSkip(userId, 'acme', 5);
    await Promise.all([spend(ada), spend(bob)]);
    const known = await proxy.measure(() => spend(ada));
    expect(known.commands.map(([name]) => name)).toEqual(['evalsha']);
    await redis.script('FLUSH');
    const forgotten = await proxy.measure(async () => {
      expect(await Promise.all([spend(ada), spend(bob)])).toEqual([
        { outcome: 'spent', skipsUsed: 3 },
        { outcome: 'spent', skipsUsed: 2 },
      ]);
    });
    expect(forgotten.commands.map(([name]) => name)).toEqual(['evalsha', 'evalsha', 'eval', 'eval']);
    expect(forgotten.roundTrips).toBe(2);
  });

  it('is not run again where the answer that Redis forgot it comes too late', async () => {
    const slow = connectRedis();
    const answer = slow.call.bind(slow) as (...words: unknown[]) => Promise<unknown>;
    const call = async (...words: unknown[]) => {
      try {
        return await answer(...words);
      } finally {
        await sleep(300);
      }
    };
    const commands = redisCommands(slow, { timeoutMs: 100 });
    const count = defineScript("return redis.call('INCR', KEYS[1])");
    const run = () => commands.run(count, { keys: ['runs'], args: [] });
    expect(await run()).toBe(1);
    await redis.script('FLUSH');
    Object.assign(slow, { call });
    await expect(run()).rejects.toMatchObject({ code: 'store-unavailable' });
    await sleep(500);
    expect(await redis.get('runs')).toBe('1');
    slow.disconnect();
  });

  it('fails each command alone', async () => {
    const commands = redisCommands(redis, { timeoutMs: 1000 });
    const failing = defineScript("error('broken')");
    const [first, second, third, fourth] = await Promise.allSettled([
      commands.send('set', 'one', '1'),
      commands.send('hget', 'one', 'field'),
      commands.run(failing, { keys: ['one'], args: [] }),
      commands.send('get', 'one'),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: 'OK' });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'records-unreadable' } });
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable' } });
    expect(fourth).toMatchObject({ status: 'fulfilled', value: '1' });
  });
});

describe('the keys in Redis', () => {
  it('stand behind the prefix of the client and of the store, and one user under one tag', async () => {
    const redis = connectRedis(undefined, { keyPrefix: 'app:' });
    const userId = newId();
    const records = redisRecords(redis, { prefix: 'second' });
    const state = redisState(redis, { prefix: 'second' });
    await records.addAuthenticator(userId, anAuthenticator());
    await records.replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'h' }], NOW);
    await state.createPendingLogin(aPendingLogin({ userId, id: 'login' }));
    const plain = connectRedis();
    const keys = await plain.keys(`*${userId}*`);
    expect(keys.toSorted()).toEqual(
      ['documents', 'held', 'owner:login'].map((name) => `app:second:{user:${userId}}:${name}`),
    );
    expect((await records.findMember(userId, 'acme')).recoveryCodesLeft).toBe(1);
    redis.disconnect();
    plain.disconnect();
  });

  it.each([['{x}'], [''], ['a b']])('do not stand behind the prefix %j', (prefix) => {
    const redis = connectRedis(undefined, { lazyConnect: true });
    expect(() => redisRecords(redis, { prefix })).toThrow(expect.objectContaining({ option: 'prefix' }));
    expect(() => redisState(redis, { timeoutMs: 0 })).toThrow(
      expect.objectContaining({ option: 'timeoutMs' }),
    );
    redis.disconnect();
  });
});
