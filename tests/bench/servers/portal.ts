import { once } from 'node:events';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import express from 'express';
import { createMfa } from 'express-mfa';
import { postgresRecords } from 'express-mfa/postgres';
import { Redis } from 'ioredis';
import { Passport } from 'passport';
import { Pool } from 'pg';
import { EventRecorder } from '../../../src/events/event-recorder';
import { redisStores, withRules, type Records } from '../../support/records';
import { BENCH_KEY, createPeople, ORGANIZATION } from './people';
import type { Person } from './people';

// A host with express-mfa as the documentation sets it up, on Redis or with its records in PostgreSQL, with a login form of its own.
// Every protection is on, and people can sign in with a passkey alone.

const NOBODY_HEARS = { send: async () => undefined };

type Question =
  | { readonly about: 'stall' }
  | { readonly about: 'memory' }
  | { readonly about: 'events'; readonly perSecond: number };

const TICK_MS = 10;

/** Records so many events a second, each about another person. */
function createEventSource(records: Records): (perSecond: number) => void {
  const keep = { maxCount: 100_000, maxAgeSeconds: 86_400 };
  const recorder = new EventRecorder({ records, clock: { now: Date.now }, keep, onError: console.error });
  let [perSecond, owed, person] = [0, 0, 0];
  setInterval(() => {
    for (owed += (perSecond * TICK_MS) / 1000; owed >= 1; owed -= 1) {
      person += 1;
      recorder.report({ name: 'signed-in', organizationId: ORGANIZATION, userId: `other-${person}` });
    }
  }, TICK_MS);
  return (wanted) => (perSecond = wanted);
}

/** Answers the bench over IPC. */
function answerBench(records: Records): void {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const setEventRate = createEventSource(records);
  process.on('message', (question: Question) => {
    const { about } = question;
    if (about === 'stall') {
      process.send?.({ stallMs: delay.max / 1e6 });
      delay.reset();
    } else if (about === 'memory') {
      global.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      process.send?.({ resident: rss, live: heapUsed + external });
    } else {
      setEventRate(question.perSecond);
      process.send?.({ set: true });
    }
  });
}

async function start(): Promise<void> {
  const { env } = process;
  const redis = new Redis(env['REDIS_URL'] ?? '', { maxRetriesPerRequest: 1 });
  const database = env['DATABASE_URL'];
  const onRedis = redisStores(redis);
  const records =
    database === undefined
      ? onRedis.records
      : withRules(postgresRecords(new Pool({ connectionString: database })));
  const people = await createPeople(
    Number(env['PEOPLE'] ?? 1000),
    env['HASHING'] === 'scrypt' ? 'scrypt' : 'cheap',
  );
  const mfa = createMfa<Person>({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    keys: [BENCH_KEY],
    state: onRedis.state,
    records,
    users: { findById: (id) => people.findById(id), maySignIn: () => true },
    passkeys: { signIn: true },
    email: NOBODY_HEARS,
    // The Redis of the bench keeps nothing on disk, for nobody.
    dangerouslyAcceptVolatileRecords: true,
  });
  await mfa.policies.save(ORGANIZATION, { enabled: true, enrollment: 'required' });

  const passport = new Passport();
  passport.use(mfa.strategy((email, password) => people.verify(email, password), { usernameField: 'email' }));
  passport.serializeUser<string>((user, done) => done(null, (user as Person).id));
  passport.deserializeUser<string>((id, done) => done(null, people.findById(id) ?? false));

  const app = express();
  app.disable('x-powered-by').set('etag', false);
  app.use(mfa.sessions());
  app.use(passport.session());
  app.use('/mfa', mfa.pages());
  app.post('/login', express.json(), passport.authenticate('mfa'), (_req, res) => {
    res.json({ ok: true });
  });
  app.use(mfa.guard());
  app.get('/protected', (req, res) => {
    res.json({ ok: true, user: (req.user as Person).email });
  });

  answerBench(records);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
}

// An orderly end, at which Node writes the profile that it was asked for.
process.once('SIGTERM', () => process.exit(0));

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
