import { redisRecords } from '../../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { ownTrips } from '../../support/own-trips';
import { createPortal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';
import { startRedisProxy } from '../../support/redis-proxy';

describe('a remembered browser in Redis', () => {
  let proxy: Awaited<ReturnType<typeof startRedisProxy>>;
  let client: Redis;

  beforeAll(async () => {
    proxy = await startRedisProxy(redisUrl());
    client = connectRedis(proxy.url);
  });

  afterAll(async () => {
    client.disconnect();
    await proxy.stop();
  });

  it('signs in with as many round trips as a login without one', async () => {
    const portal = createPortal({ records: redisRecords(client), state: redisState(client) });
    const settled = () => portal.mfa.settled();
    await portal.mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'required',
      rememberBrowserSeconds: 86_400,
    });
    const app = await giveApp(portal, 'ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.postJson('/mfa/challenge', { code: app.nextCode(), rememberBrowser: true });
    for (let login = 0; login < 2; login += 1) {
      await ada.postJson('/mfa/logout');
      await ada.csrfToken();
      await settled();
      const traffic = await proxy.measure(async () => {
        expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'signed-in' });
      });
      expect(ownTrips(traffic)).toBeLessThanOrEqual(2);
    }
    const sessions = await proxy.measure(() => ada.getJson('/mfa/sessions'));
    expect(ownTrips(sessions)).toBe(1);
    await settled();
  });
});
