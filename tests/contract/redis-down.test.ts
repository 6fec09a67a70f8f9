import { redisRecords } from '../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy } from '../support/redis-proxy';
import { startRedisServer } from '../support/redis-server';
import {
  KEEP,
  NOW,
  aChallenge,
  aGuess,
  aPendingLogin,
  aPolicy,
  aSession,
  acceptTimeStep,
  anAuthenticator,
  anEvent,
} from './samples';
import { aPassword, PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';

const unavailable = { code: 'store-unavailable', status: 503, expose: false };

function everyCall(redis: Redis, timeoutMs: number): readonly Promise<unknown>[] {
  const records = redisRecords(redis, { timeoutMs });
  const state = redisState(redis, { timeoutMs });
  const challenge = aChallenge();
  const throttle = state.throttle({ name: 'password', points: 5, seconds: 60 });
  return [
    records.findMember('u', 'o'),
    records.findMembers(['u', 'v'], 'o'),
    records.findPolicy('o'),
    records.savePolicy(aPolicy({ organizationId: 'o' }), 0),
    records.establishUserEpoch('u', 'e'),
    records.replaceOrganizationEpoch('o', { epoch: 'e', endedAt: 1 }),
    records.spendSkip('u', 'o', null),
    records.addAuthenticator('u', anAuthenticator()),
    records.spendGuess(aGuess({ userId: 'u' })),
    acceptTimeStep(records, { userId: 'u', authenticatorId: 'a', timeStep: 1, now: NOW }),
    records.consumeRecoveryCode('u', { number: 1, codeHash: 'h' }),
    records.appendEvents([anEvent({ organizationId: 'o' })], KEEP),
    records.listEvents({ organizationId: 'o', limit: 1 }),
    records.findWeaknesses(),
    state.createPendingLogin(aPendingLogin()),
    state.issueChallenge(challenge, { now: NOW, underPendingLogin: false }),
    state.spendAttempt(challenge, 5),
    state.consumeChallenge(challenge, challenge.id),
    state.registerSession('u', aSession(), { now: NOW }),
    state.findSession('u', 'h'),
    state.endSession('u', 'h'),
    state.spendSendBudgets([{ key: 'k', windows: [{ max: 1, seconds: 1 }] }], NOW),
    state.takeSentMessage('m'),
    state.reservePassword(aPassword(), PASSWORD_LIMITS, NOW),
    state.noteNetwork('name', 'network', NOW),
    throttle.spend('ada'),
    throttle.clear('ada'),
    new Promise((resolve) => state.createSessionStore().get('id', resolve)).then((error) =>
      Promise.reject(error),
    ),
  ];
}

const CALLS = 28;

async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((result) => (result.status === 'rejected' ? result.reason : result.value));
}

const timesUnavailable = (count: number) =>
  Array.from({ length: count }, () => expect.objectContaining(unavailable));

// The defaults of ioredis: it tries again for more than a minute and keeps what is asked meanwhile.
const patient = { maxRetriesPerRequest: 20, retryStrategy: (attempt: number) => attempt * 50 };

describe('stores in a Redis that is down', () => {
  it('refuse when the server was stopped, and serve again when it is back', async () => {
    const server = await startRedisServer();
    const redis = connectRedis(server.url, patient);
    const records = redisRecords(redis);
    await records.replaceUserEpoch('u', { epoch: 'before', endedAt: 1 });
    await server.crash();
    expect(await outcomesOf(everyCall(redis, 50))).toEqual(timesUnavailable(CALLS));
    await server.restart();
    const found = await redisRecords(redis, { timeoutMs: 30_000 }).findMember('u', 'acme');
    expect(found.epoch).toBe('before');
    redis.disconnect();
    await server.stop();
  });

  it('refuse when the client was ended', async () => {
    const redis = connectRedis();
    await redis.ping();
    redis.disconnect();
    expect(await outcomesOf(everyCall(redis, 50))).toEqual(timesUnavailable(CALLS));
  });

  it('refuse when nobody answers, and drop the answers that come late', async () => {
    const proxy = await startRedisProxy();
    const redis = connectRedis(proxy.url, patient);
    await redis.ping();
    proxy.hang();
    expect(await outcomesOf(everyCall(redis, 50))).toEqual(timesUnavailable(CALLS));
    await proxy.recover();
    const records = redisRecords(redis, { timeoutMs: 30_000 });
    expect(await records.establishUserEpoch('after', 'epoch')).toBe('epoch');
    redis.disconnect();
    await proxy.stop();
  });

  it('refuse when a connection breaks in the middle of an answer', async () => {
    const proxy = await startRedisProxy();
    const plain = connectRedis();
    await redisRecords(plain).addAuthenticator('torn', anAuthenticator());
    const redis = connectRedis(proxy.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    await redis.ping();
    proxy.resetInReply();
    const found = redisRecords(redis, { timeoutMs: 30_000 }).findMember('torn', 'acme');
    expect(await outcomesOf([found])).toEqual(timesUnavailable(1));
    redis.disconnect();
    plain.disconnect();
    await proxy.stop();
  });

  it('refuse when Redis refuses, and say nothing of it to a visitor', async () => {
    const server = await startRedisServer({ extraArguments: ['--maxmemory', '1'] });
    const redis = connectRedis(server.url);
    await expect(redisRecords(redis).replaceUserEpoch('u', { epoch: 'e', endedAt: 1 })).rejects.toMatchObject(
      unavailable,
    );
    await expect(redisRecords(redis).spendSkip('u', 'acme', 3)).rejects.toMatchObject(unavailable);
    redis.disconnect();
    await server.stop();
  });
});
