import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import type { MfaError } from '../../src/core/errors';
import { memoryState } from '../../src/index';
import { postgresRecords } from '../../src/postgres';
import { redisState } from '../../src/redis';
import { makeScryptCheap } from '../support/cheap-scrypt';
import { createPortal, PASSWORD, type Portal } from '../support/portal';
import { memoryRecords, redisRecords } from '../support/records';
import { connectRedis } from '../support/redis-client';
import type { AppInput, AppMessage } from './fleet';
import { revisionOf, sessionSecondsOf } from './policy-revision';
import { SKIPS } from './proof-rules';

// One server process of the app whose history is checked.

const { redisUrl, postgresUrl, mailboxUrl, people } = JSON.parse(process.argv[2] ?? '') as AppInput;

function openStores() {
  if (redisUrl === null) return { records: memoryRecords(), state: memoryState() };
  const redis = connectRedis(redisUrl, { retryStrategy: () => 50 });
  const state = redisState(redis);
  if (postgresUrl === null) return { records: redisRecords(redis), state };
  const pool = new Pool({ connectionString: postgresUrl });
  pool.on('error', () => undefined);
  return { records: postgresRecords(pool), state };
}

/** The newest instant that a request told: one clock for every process, which none of them moves. */
let now = 0;

function openPortal(): Portal {
  const portal = createPortal({
    ...openStores(),
    clock: { now: () => now },
    email: {
      async send({ to, text }) {
        // The message is there before the answer of the request that sent it.
        await fetch(mailboxUrl, { method: 'POST', body: JSON.stringify({ to, text }) });
      },
    },
    sends: {
      perDestination: [{ max: 100, seconds: 1 }],
      perUser: [{ max: 100, seconds: 1 }],
    },
    dangerouslyDisablePasswordThrottle: true,
  });
  // Express prints no failure of a store that was asked to fail.
  portal.app.set('env', 'test');
  for (const id of people) {
    portal.users.set(id, { id, username: id, password: PASSWORD, organizationId: 'acme' });
  }
  return portal;
}

/** What an administrator or a job does, in code. */
function hostRoutes({ mfa, records, state }: Portal) {
  const app = express();
  app.use(express.json());
  const route = (path: string, act: (id: string, body: Record<string, unknown>) => Promise<unknown>) =>
    app.post(path, (req, res, next) => {
      act(String(req.params['id']), req.body as Record<string, unknown>).then(
        (outcome) => res.json(outcome ?? {}),
        next,
      );
    });
  const member = (userId: string) => ({ userId, organizationId: 'acme' });
  route('/host/reset/:id', (id) => mfa.members.reset(member(id), { reason: 'lost' }));
  route('/host/unlock/:id', (id) => mfa.members.unlock(member(id)));
  route('/host/end-all/:id', (id) => mfa.sessionsOf(id).endAll());
  route('/host/end-organization', () => mfa.policies.endAllSessions('acme'));
  route('/host/save-policy', (_id, { revision, enrollment }) =>
    mfa.policies.save('acme', {
      enabled: true,
      enrollment: enrollment === 'required' ? 'required' : 'optional',
      methods: ['totp', 'email'],
      skips: SKIPS,
      sessionDurationSeconds: sessionSecondsOf(Number(revision)),
    }),
  );
  route('/host/read-policy', async () => {
    const { sessionDurationSeconds } = await mfa.policies.get('acme');
    return { revision: revisionOf(sessionDurationSeconds) };
  });
  route('/host/inspect/:id', async (id) => {
    const { authenticators, recoveryCodesLeft } = await records.findMember(id, 'acme');
    return {
      authenticators: authenticators.map((one) => ({ id: one.id, kind: one.kind, label: one.label })),
      recoveryCodesLeft,
    };
  });
  route('/host/health', async () => {
    await Promise.all([records.findPolicy('acme'), state.listSessions('nobody')]);
  });
  app.use(
    (error: MfaError, _req: express.Request, res: express.Response, _next: express.NextFunction) =>
      void res.status(error.status ?? 500).json({ message: error.message }),
  );
  return app;
}

makeScryptCheap();
const portal = openPortal();
const host = hostRoutes(portal);
const server = createServer((req, res) => {
  now = Math.max(now, Number(req.headers['x-clock']));
  if (req.url?.startsWith('/host/') === true) host(req, res);
  else portal.app(req, res);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port } satisfies AppMessage);
});
process.once('disconnect', () => process.exit(0));
