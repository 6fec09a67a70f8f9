import { connectStores } from '../../../example-app/environment';
import { DEMO_PASSWORD, newestCode, startExampleApp } from '../../support/example-app';
import { createHttpAgent } from '../../support/http-agent';
import { startPostgresServer, type PostgresServer } from '../../support/postgres-server';

const ALAN = 'alan@acme.example';

describe('the example app with records in PostgreSQL', () => {
  let server: PostgresServer;
  const urlOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());

  async function withApp(act: (example: Awaited<ReturnType<typeof startExampleApp>>) => Promise<void>) {
    const { disconnect, ...stores } = await connectStores({ DATABASE_URL: urlOf(server.port) });
    const example = await startExampleApp(stores);
    try {
      await act(example);
    } finally {
      await example.stop();
      disconnect();
    }
  }

  it('creates its tables, and asks for the assigned factor after a restart', async () => {
    await withApp(async ({ mfa }) => {
      await mfa.members.save(
        { userId: 'alan', organizationId: 'acme' },
        { enabled: true, assignedKind: 'email' },
      );
    });
    await withApp(async (example) => {
      const alan = createHttpAgent(example.url);
      const login = await alan.postJson('/mfa/login', { username: ALAN, password: DEMO_PASSWORD });
      expect(login.body).toMatchObject({ outcome: 'challenge' });
      const proven = await alan.postJson('/mfa/challenge', { code: newestCode(example, ALAN) });
      expect(proven.body).toMatchObject({ outcome: 'signed-in' });
      expect(await example.mfa.sessionsOf('alan').list()).toHaveLength(1);
    });
  });

  it('does not start where the database cannot be reached', async () => {
    await server.crash();
    await expect(connectStores({ DATABASE_URL: urlOf(server.port) })).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await server.restart();
  });
});
