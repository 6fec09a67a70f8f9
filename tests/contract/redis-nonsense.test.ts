import { redisRecords } from '../support/records';
import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { NOW, aChallenge, aPolicy, aSession, anAuthenticator, newId } from './samples';

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

describe('a Redis that holds what nobody wrote', () => {
  const redis = connectRedis();
  const records = redisRecords(redis);
  const state = redisState(redis);
  afterAll(() => redis.disconnect());

  const memberKey = (userId: string) => `mfa:{user:${userId}}:documents`;
  const policyKey = (organizationId: string) => `mfa:{organization:${organizationId}}:documents`;

  it('refuses a document without its version, and a version without its document', async () => {
    const userId = newId();
    await records.addAuthenticator(userId, anAuthenticator());
    for (const field of ['member', 'member:v']) {
      const fields = await redis.hgetall(memberKey(userId));
      await redis.hdel(memberKey(userId), field);
      await expect(redisRecords(redis).findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
      await redis.hset(memberKey(userId), fields);
    }
  });

  it('refuses the owner of a key where it is none', async () => {
    await redis.hset('mfa:{claim:key}', 'claim:v', 'nobody');
    await expect(records.findOwner('key')).rejects.toMatchObject(unreadable);
  });

  it.each(['text', '[]', '{"userId":1}'])('refuses the queued work %s', async (item) => {
    const queue = newId();
    await redis.hset(`mfa:{queue:${queue}}:items`, 'n', item);
    await redis.zadd(`mfa:{queue:${queue}}:due`, NOW, 'n');
    const taken = records.takeDue(queue, { now: NOW, limit: 5, untilAt: NOW + 1 });
    await expect(taken).rejects.toMatchObject(unreadable);
  });

  it('refuses keys of another type', async () => {
    const [userId, organizationId] = [newId(), newId()];
    for (const key of [memberKey(userId), policyKey(organizationId), `mfa:{user:${userId}}:sessions`]) {
      await redis.set(key, 'text');
    }
    await expect(records.findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
    await expect(records.findMembers([newId(), userId], 'acme')).rejects.toMatchObject(unreadable);
    await expect(records.establishUserEpoch(userId, 'e')).rejects.toMatchObject(unreadable);
    await expect(records.findPolicy(organizationId)).rejects.toMatchObject(unreadable);
    await expect(records.savePolicy(aPolicy({ organizationId }), 0)).rejects.toMatchObject(unreadable);
    await expect(state.findSession(userId, 'handle')).rejects.toMatchObject(unreadable);
    await expect(state.registerSession(userId, aSession(), { now: NOW })).rejects.toMatchObject(unreadable);
  });

  it.each(['text', '1 1795707648775 text', '1 1795707648775 {"name":"signed-in"}', 'x 1795707648775 {}'])(
    'refuses the event %j',
    async (entry) => {
      const organizationId = newId();
      await redis.lpush(`mfa:{organization:${organizationId}}:events`, entry);
      await expect(records.listEvents({ organizationId, limit: 5 })).rejects.toMatchObject(unreadable);
    },
  );

  it('refuses pending logins, challenges and messages that are damaged', async () => {
    const challenge = aChallenge({ purpose: 'step-up' });
    const key = `mfa:{user:${challenge.userId}}:owner:${challenge.ownerId}`;
    await state.issueChallenge(challenge, { now: NOW, underPendingLogin: false });
    await redis.hset(key, 's', NOW, 'sk', 'Xnobody');
    await expect(state.findPendingLogin(challenge.userId, challenge.ownerId)).rejects.toMatchObject(
      unreadable,
    );
    await expect(state.findChallenge(challenge)).rejects.toMatchObject(unreadable);
    await expect(state.spendAttempt(challenge, 5)).rejects.toMatchObject(unreadable);
    await redis.hset(key, 'sn', 'none');
    await expect(state.spendAttempt(challenge, 5)).rejects.toMatchObject(unreadable);
    await redis.set('mfa:{message:SM1}', '{"userId":1}');
    await expect(state.takeSentMessage('SM1')).rejects.toMatchObject(unreadable);
  });

  it.each([['text'], ['1 2 3'], ['1 2 3 {}'], ['1 2 3 ["acme"]'], ['1 2 x []']])(
    'refuses the session %j',
    async (entry) => {
      const userId = newId();
      await redis.hset(`mfa:{user:${userId}}:sessions`, 'handle', entry);
      await expect(state.findSession(userId, 'handle')).rejects.toMatchObject(unreadable);
      await expect(state.listSessions(userId)).rejects.toMatchObject(unreadable);
    },
  );

  it('refuses to send where the instants of sending are none', async () => {
    const budget = { key: newId(), windows: [{ max: 1, seconds: 30 }] };
    await redis.rpush(`mfa:{sends:${budget.key}}`, 'yesterday');
    await expect(state.spendSendBudgets([budget], NOW)).rejects.toMatchObject(unreadable);
  });
});
