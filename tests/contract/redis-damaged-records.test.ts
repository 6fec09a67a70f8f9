import { redisRecords, redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { damageEach } from './damage-each';
import { NOW, aChallenge, aPendingLogin, aSentCode, anAuthenticator, newId } from './samples';

// Each record is written as the stores write it, and read; then one thing in it is damaged.

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

/** A sent code as it is stored, in a list of its own, with one field damaged. */
function damagedCode(place: number, value: unknown): string {
  const code: unknown[] = ['id', 0, 'app', 'ss', 'hash', 'masked', NOW, 300_000, 1];
  return JSON.stringify([code.with(place, value)]);
}

const redis = connectRedis();
const records = redisRecords(redis);
const state = redisState(redis);
afterAll(() => redis.disconnect());

describe('a user in Redis', () => {
  const exemption = { reason: 'r', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1 };
  const app = { kind: 'totp', createdAt: NOW, maskedDestination: null, organizationId: 'acme' };
  const keyOf = (userId: string) => `mfa:{user:${userId}}:member`;

  async function expectRefused(field: string, whole: string, damaged: string): Promise<void> {
    const userId = newId();
    await redis.hset(keyOf(userId), 'l:app', 'App', 'k:app', 'sealed', field, whole);
    await expect(records.findMember(userId, 'acme')).resolves.toMatchObject({ userId });
    await redis.hset(keyOf(userId), field, damaged);
    await expect(records.findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
  }

  it.each(damageEach(exemption, { reason: 1, grantedBy: null, grantedAt: 'x', until: 1.5 }))(
    'is refused where the %s of an exemption is damaged',
    (_name, damaged) => expectRefused('x:acme', JSON.stringify(exemption), damaged),
  );

  it.each(damageEach(app, { kind: 'pigeon', createdAt: 'x', maskedDestination: 1, organizationId: 1 }))(
    'is refused where the %s of an authenticator is damaged',
    (_name, damaged) => expectRefused('a:app', JSON.stringify(app), damaged),
  );

  it.each(['', 'soon email:x', '12', '12 ', '12 a b', '99999999999999999999 email:x'])(
    'is refused where the spent channel is %j',
    (damaged) => expectRefused('h', `${NOW} email:x`, damaged),
  );

  it.each(['l', 'k'])('is refused where the %s of an authenticator is lost', async (letter) => {
    const [userId, authenticator] = [newId(), anAuthenticator()];
    await records.addAuthenticator(userId, authenticator);
    await expect(records.findMember(userId, 'acme')).resolves.toMatchObject({ userId });
    await redis.hdel(keyOf(userId), `${letter}:${authenticator.id}`);
    await expect(records.findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
  });
});

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

describe('a remembered browser in Redis', () => {
  const head = `k.1 - - - ${NOW} - ${NOW} ${NOW + 1000}`;
  const whole = `${head} ["acme","k.factors","Firefox","192.0.2.1"]`;

  it.each([
    ['text'],
    [`${head} {"length":4}`],
    [`${head} {}`],
    [`${head} "four"`],
    [`${head} ["acme","k.factors","Firefox"]`],
    [`${head} []`],
    [whole.replace(`- ${NOW}`, '- 99999999999999999999')],
    [whole.replace('k.1 - - -', 'k.1 - - ?')],
    [whole.replace('k.1 - - -', 'k.1 -')],
  ])('is refused where it is %j', async (damaged) => {
    const userId = newId();
    const key = `mfa:{user:${userId}}:browsers`;
    await redis.hset(key, 'b', whole);
    await expect(records.listBrowsers(userId, NOW)).resolves.toHaveLength(1);
    await redis.hset(key, 'b', damaged);
    await expect(records.listBrowsers(userId, NOW)).rejects.toMatchObject(unreadable);
  });

  it('is not used where it is not what was written', async () => {
    const userId = newId();
    const key = `mfa:{user:${userId}}:browsers`;
    await redis.hset(key, 'b', 'text');
    const again = { branch: 'x', tokenHash: 'k.3' };
    const tokens = { tokenHashes: ['text'], nextTokenHash: 'k.2', again, now: NOW, graceSeconds: 60 };
    await expect(records.useBrowser({ userId, id: 'b', ...tokens })).rejects.toMatchObject(unreadable);
    expect(await redis.hget(key, 'b')).toBe('text');
  });
});
