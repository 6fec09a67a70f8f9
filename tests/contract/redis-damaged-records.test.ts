import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { NOW, aChallenge, aPendingLogin, aSentCode, newId } from './samples';

// Each record is written as the stores write it, and read; then one thing in it is damaged.

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

/** A sent code as it is stored, in a list of its own, with one field damaged. */
function damagedCode(place: number, value: unknown): string {
  const code: unknown[] = ['id', 0, 'app', 'ss', 'hash', 'masked', NOW, 300_000, 1];
  return JSON.stringify([code.with(place, value)]);
}

const redis = connectRedis();
const state = redisState(redis);
afterAll(() => redis.disconnect());

describe('a login in Redis', () => {
  const keyOf = ({ userId, ownerId }: { readonly userId: string; readonly ownerId: string }) =>
    `mfa:{user:${userId}}:owner:${ownerId}`;

  it.each(['o', 'v', 'x', 'u', 'g'])('is refused where its %s is lost', async (field) => {
    const pending = aPendingLogin();
    const find = () => state.findPendingLogin(pending.userId, pending.id);
    await state.createPendingLogin(pending);
    await expect(find()).resolves.toEqual(pending);
    await redis.hdel(keyOf({ userId: pending.userId, ownerId: pending.id }), field);
    await expect(find()).rejects.toMatchObject(unreadable);
  });

  it.each([
    ['v', 'nonsense'],
    ['s', 'x'],
    ['x', ''],
  ])('is refused where its %s is %j', async (field, value) => {
    const pending = aPendingLogin();
    await state.createPendingLogin(pending);
    await redis.hset(keyOf({ userId: pending.userId, ownerId: pending.id }), field, value);
    await expect(state.findPendingLogin(pending.userId, pending.id)).rejects.toMatchObject(unreadable);
  });

  it.each([
    ['sk', null],
    ['sk', 'Xapp'],
    ['sx', null],
    ['sx', 'x'],
    ['sw', null],
    ['sr', 'x'],
    ['sc', 'x'],
    ['sc', '{}'],
    ['sc', '[1]'],
    ['sc', damagedCode(0, 1)],
    ['sc', damagedCode(1, 1)],
    ['sc', damagedCode(2, 1)],
    ['sc', damagedCode(3, 'x')],
    ['sc', damagedCode(3, 's')],
    ['sc', damagedCode(3, 1)],
    ['sc', damagedCode(4, null)],
    ['sc', damagedCode(5, null)],
    ['sc', damagedCode(6, 'x')],
    ['sc', damagedCode(7, 1.5)],
    ['sc', damagedCode(8, 3)],
    ['sc', damagedCode(8, 'x')],
  ])('is refused where the %s of its challenge is %j', async (field, value) => {
    const codes = [aSentCode(), aSentCode({ sendId: 'first', sentBy: 'email', stage: 'sent' })];
    const challenge = aChallenge({ purpose: 'step-up', notSent: 'limit', codes });
    await state.issueChallenge(challenge, { now: NOW, underPendingLogin: false });
    await expect(state.findChallenge(challenge)).resolves.toEqual(challenge);
    if (value === null) await redis.hdel(keyOf(challenge), field);
    else await redis.hset(keyOf(challenge), field, value);
    await expect(state.findChallenge(challenge)).rejects.toMatchObject(unreadable);
  });
});

describe('a session in Redis', () => {
  it.each([
    ['! 2 3 acme u o p 192.0.2.1 Firefox'],
    ['1 ! 3 acme u o p 192.0.2.1 Firefox'],
    ['1 2 ! acme u o p 192.0.2.1 Firefox'],
    ['1 2 3 acme'],
    ['1 2 3 acme u o p'],
    ['1 2 3 acme u o pX 192.0.2.1 Firefox'],
  ])('is refused where it is %j', async (damaged) => {
    const userId = newId();
    const key = `mfa:{user:${userId}}:sessions`;
    await redis.hset(key, 'handle', '1 2 3 acme u o p 192.0.2.1 Firefox');
    await expect(state.findSession(userId, 'handle')).resolves.toMatchObject({ methods: ['password'] });
    await redis.hset(key, 'handle', damaged);
    await expect(state.findSession(userId, 'handle')).rejects.toMatchObject(unreadable);
  });

  it.each(['', 'text', '! 2 3'])('is not touched where it is %j', async (damaged) => {
    const userId = newId();
    await redis.hset(`mfa:{user:${userId}}:sessions`, 'handle', damaged);
    await expect(state.touchSession(userId, 'handle', NOW)).rejects.toMatchObject(unreadable);
  });
});
