import { redisStores } from '../../support/records';
import type { ExampleAppOptions } from '../../../example-app/app';
import { DEMO_PASSWORD, startExampleApp } from '../../support/example-app';
import { createHttpAgent } from '../../support/http-agent';
import { tellLoginStories, type LoginWorld } from '../../support/login-stories';
import { connectRedis } from '../../support/redis-client';
import { openPostgresStores } from '../../support/store-kinds';

/** Alan, a member of the organization where a second factor is required. */
async function startWorld(stores: Pick<ExampleAppOptions, 'records' | 'state'> = {}): Promise<LoginWorld> {
  const example = await startExampleApp(stores);
  return {
    visit: () => createHttpAgent(example.url),
    async signIn(identity, password = DEMO_PASSWORD) {
      await identity.get('/mfa/login');
      return identity.post('/mfa/login', { username: 'alan@acme.example', password });
    },
    home: { path: '/', greeting: 'Hello, Alan Turing' },
    wrongPasswordSentence: 'That email or password didn’t work.',
    clock: example.clock,
    stop: () => example.stop(),
  };
}

tellLoginStories('the example app, in memory', () => startWorld());

let worlds = 0;
tellLoginStories('the example app, on Redis', async () => {
  const redis = connectRedis();
  worlds += 1;
  const world = await startWorld(redisStores(redis, { prefix: `stories-${worlds}` }));
  return {
    ...world,
    async stop() {
      await world.stop();
      redis.disconnect();
    },
  };
});

tellLoginStories('the example app, with records in PostgreSQL', async () => {
  const { close, ...stores } = openPostgresStores();
  const world = await startWorld(stores);
  return {
    ...world,
    async stop() {
      await world.stop();
      close();
    },
  };
});
