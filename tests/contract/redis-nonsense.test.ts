import { redisRecords, redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { NOW, aChallenge, aGuess, aPolicy, aSession, anAuthenticator, newId } from './samples';

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

describe('a Redis that holds what nobody wrote', () => {
  const redis = connectRedis();
  const records = redisRecords(redis);
  const state = redisState(redis);
  afterAll(() => redis.disconnect());

  const memberKey = (userId: string) => `mfa:{user:${userId}}:member`;
  const policyKey = (organizationId: string) => `mfa:{organization:${organizationId}}:policy`;

  it.each([
    ['m:acme', 'not json'],
    ['m:acme', '{"enabled":"yes","assignedKind":null}'],
    ['m:acme', '{"enabled":true,"assignedKind":"carrier-pigeon"}'],
    ['m:acme', '[]'],
    ['x:acme', '{"reason":"r","grantedBy":"a","grantedAt":1,"until":"forever"}'],
    ['s:acme', 'many'],
    ['a:app', 'null'],
    ['a:app', '{"kind":"totp","createdAt":1,"maskedDestination":null}'],
    ['a:app', '{"kind":"__proto__","createdAt":1,"maskedDestination":null}'],
    ['g:codes:1', '1e999'],
    ['n:codes:3', 'often'],
    ['w:codes', 'soon'],
    ['r', ''],
    ['i', 'yesterday'],
  ])('refuses a user whose %s is %s', async (field, value) => {
    const userId = newId();
    await redis.hset(memberKey(userId), field, value);
    await expect(records.findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
  });

  it.each([['f'], ['t'], ['o'], ['u'], ['d']])(
    'refuses an authenticator whose %s is no number',
    async (field) => {
      const userId = newId();
      const app = anAuthenticator();
      await records.addAuthenticator(userId, app);
      await redis.hset(memberKey(userId), `${field}:${app.id}`, 'NaN');
      await expect(records.findMember(userId, 'acme')).rejects.toMatchObject(unreadable);
    },
  );

  it('refuses to guess, skip or accept where a counter is no number', async () => {
    const userId = newId();
    const app = anAuthenticator();
    await records.addAuthenticator(userId, app);
    await redis.hset(
      memberKey(userId),
      'g:codes:2',
      'few',
      'w:recovery-codes',
      'soon',
      's:acme',
      'x',
      `t:${app.id}`,
      'y',
    );
    const proof = { userId, authenticatorId: app.id, timeStep: 5, now: NOW };
    await expect(records.spendGuess(aGuess({ userId }))).rejects.toMatchObject(unreadable);
    const recovery = aGuess({ userId, group: 'recovery-codes' });
    await expect(records.spendGuess(recovery)).rejects.toMatchObject(unreadable);
    await expect(records.spendSkip(userId, 'acme', 5)).rejects.toMatchObject(unreadable);
    await expect(records.spendSkip(userId, 'acme', null)).rejects.toMatchObject(unreadable);
    await expect(records.acceptTimeStep(proof)).rejects.toMatchObject(unreadable);
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

  it.each([
    ['broken', '{"organizationId":'],
    ['of another shape', '{"enabled":true}'],
    ['a list', '[]'],
    ['nothing', ''],
  ])('refuses a policy that is %s', async (_, text) => {
    const organizationId = newId();
    await redis.hset(policyKey(organizationId), 'v', 1, 'p', text);
    await expect(records.findPolicy(organizationId)).rejects.toMatchObject(unreadable);
  });

  it('refuses the policy of another organization, and a version whose policy is lost', async () => {
    const [theirs, ours] = [newId(), newId()];
    await records.savePolicy(aPolicy({ organizationId: theirs }), 0);
    await redis.copy(policyKey(theirs), policyKey(ours));
    await expect(records.findPolicy(ours)).rejects.toMatchObject(unreadable);
    await redis.hdel(policyKey(theirs), 'p');
    await expect(records.findPolicy(theirs)).rejects.toMatchObject(unreadable);
  });

  it.each([
    ['x', 'y'],
    ['event', 'text'],
    ['event', '{"name":"signed-in"}'],
  ])('refuses an event with %s %s', async (field, value) => {
    const organizationId = newId();
    await redis.xadd(`mfa:{organization:${organizationId}}:events`, '*', field, value);
    await expect(records.listEvents({ organizationId, limit: 5 })).rejects.toMatchObject(unreadable);
  });

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
