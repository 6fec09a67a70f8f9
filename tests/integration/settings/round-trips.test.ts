import { redisRecords } from '../../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  signInWithApp,
} from '../../support/own-factors';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { startRedisProxy } from '../../support/redis-proxy';

describe('the settings page on Redis', () => {
  let proxy: Awaited<ReturnType<typeof startRedisProxy>>;
  let client: Redis;
  let portal: Portal;

  beforeAll(async () => {
    proxy = await startRedisProxy();
    client = connectRedis(proxy.url);
    const stores = { records: redisRecords(client), state: redisState(client) };
    portal = await createSettingsPortal({ rememberBrowserSeconds: 86_400 }, stores);
  });

  afterAll(async () => {
    await portal.mfa.settled();
    client.disconnect();
    await proxy.stop();
  });

  it('costs two round trips at most, beside the session that express-session reads and touches', async () => {
    const app = await giveApp(portal, 'ada');
    await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    await ada.get('/mfa/settings');
    await portal.mfa.settled();
    const { roundTrips } = await proxy.measure(async () => {
      expect((await ada.get('/mfa/settings')).status).toBe(200);
    });
    expect(roundTrips).toBeLessThanOrEqual(2 + 2);
  });
});
