import { redisRecords } from '../../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import { enrollApp, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';
import { ownTrips } from '../../support/own-trips';
import { startRedisProxy } from '../../support/redis-proxy';
import { totpCode } from '../../support/totp';

describe('round trips to Redis', () => {
  let proxy: Awaited<ReturnType<typeof startRedisProxy>>;
  let client: Redis;
  let portal: Portal;

  beforeEach(async () => {
    proxy = await startRedisProxy(redisUrl());
    client = connectRedis(proxy.url);
    await client.flushdb();
    portal = createPortal({ records: redisRecords(client), state: redisState(client) });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  });

  afterEach(async () => {
    await portal.mfa.settled();
    client.disconnect();
    await proxy.stop();
  });

  it('adds none to that of the session for a guarded page', async () => {
    const { member } = await enrollApp(portal, 'ada');
    await portal.mfa.settled();
    const traffic = await proxy.measure(() => member.getJson('/plain'));
    expect(ownTrips(traffic)).toBe(0);
  });

  it('adds at most two for the password and two for a TOTP', async () => {
    const { secret } = await enrollApp(portal, 'ada');
    const ada = visit(portal);
    await ada.csrfToken();
    await portal.mfa.settled();
    const password = await proxy.measure(() => ada.logIn('ada'));
    expect(ownTrips(password)).toBeLessThanOrEqual(2);
    await ada.csrfToken();
    await portal.mfa.settled();
    const code = totpCode(secret, portal.clock.now());
    const proof = await proxy.measure(() => ada.postJson('/mfa/challenge', { code }));
    expect(ownTrips(proof)).toBeLessThanOrEqual(2);
  });

  it('adds at most two for a sent code', async () => {
    await portal.mfa.members.save(
      { userId: 'ada', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.csrfToken();
    await portal.mfa.settled();
    const code = ada.newestCode('ada@acme.example');
    const proof = await proxy.measure(() => ada.postJson('/mfa/challenge', { code }));
    expect(ownTrips(proof)).toBeLessThanOrEqual(2);
  });
});
