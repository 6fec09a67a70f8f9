import { redisStores } from '../../support/records';
import type { Redis } from 'ioredis';

import { enrollApp, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';
import { startRedisProxy } from '../../support/redis-proxy';
import type { RedisProxy } from '../../support/redis-proxy';
import { totpCode } from '../../support/totp';

describe('half a login whose session the process has seen', () => {
  let proxy: RedisProxy;
  let client: Redis;
  let portal: Portal;
  let secret: string;
  let ada: Member;

  beforeEach(async () => {
    proxy = await startRedisProxy(redisUrl());
    client = connectRedis(proxy.url);
    await client.flushdb();
    portal = createPortal(redisStores(client));
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    ({ secret } = await enrollApp(portal, 'ada'));
    ada = visit(portal);
    await ada.logIn('ada');
    await ada.csrfToken();
    await portal.mfa.settled();
  });

  afterEach(async () => {
    await portal.mfa.settled();
    client.disconnect();
    await proxy.stop();
  });

  const showChallenge = () => ada.getJson('/mfa/challenge');
  const sendCode = () => ada.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
  /** While the request that reads the session is under way. */
  const whileRead = (act: () => unknown) => {
    const find = portal.users.get.bind(portal.users);
    portal.users.get = (id) => {
      portal.users.get = find;
      act();
      return find(id);
    };
  };
  const reads = (commands: readonly (readonly string[])[], name: string) =>
    commands.flat().filter((word) => word === name).length;

  it('is shown in one trip', async () => {
    const { roundTrips } = await proxy.measure(async () => {
      expect((await showChallenge()).body).toMatchObject({ outcome: 'challenge' });
    });
    expect(roundTrips).toBe(1);
  });

  it('is finished with one reading of the person', async () => {
    const { commands } = await proxy.measure(async () => {
      expect((await sendCode()).body).toMatchObject({ outcome: 'signed-in' });
    });
    expect(reads(commands, 'member:v')).toBe(1);
    expect((await ada.getJson('/plain')).status).toBe(200);
  });

  it('is over at once when it was ended', async () => {
    await portal.records.replaceUserEpoch('ada', { epoch: 'another', endedAt: 1 });
    expect((await sendCode()).body).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    expect((await ada.getJson('/plain')).status).toBe(401);
  });

  it('obeys a new policy at once', async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required', methods: ['email'] });
    expect((await sendCode()).body).toMatchObject({ outcome: 'enroll' });
  });

  it('leads nowhere when it is ended in the middle of its last step', async () => {
    whileRead(() => portal.records.replaceUserEpoch('ada', { epoch: 'another', endedAt: 1 }));
    await sendCode();
    expect((await ada.getJson('/plain')).body).toMatchObject({ outcome: 'sign-in' });
  });

  it('is read again where what was read is a second old', async () => {
    whileRead(() => portal.clock.advance(1000));
    const { commands } = await proxy.measure(sendCode);
    expect(reads(commands, 'member:v')).toBe(2);
  });
});
