import { memoryRecords, type Records } from './records';
import express from 'express';
import type { Express } from 'express';
import passport from 'passport';
import { createMfa, createOutbox, memoryState } from '../../src/index';
import type {
  AdminPagesOptions,
  Mfa,
  MfaOptions,
  PasskeyOptions,
  Outbox,
  StateStore,
  UserDirectory,
} from '../../src/index';
import { createClock } from './clock';
import type { SettableClock } from './clock';
import { createHttpAgent } from './http-agent';
import type { HttpAgent } from './http-agent';
import { plantApp } from './planted';
import { TEST_KEY } from './portal';
import { totpCode } from './totp';

export interface HostUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly phone?: string;
  readonly organizationId: string;
  readonly federated?: boolean;
}

/** A small host whose administrators have pages: who administers what is in `administrators`. */
export interface AdminHost {
  readonly app: Express;
  readonly mfa: Mfa<HostUser>;
  readonly clock: SettableClock;
  readonly outbox: Outbox;
  readonly records: Records;
  readonly users: Map<string, HostUser>;
  /** Organization ids by user id. */
  readonly administrators: Map<string, readonly string[]>;
  readonly errors: unknown[];
}

export const HOST_PASSWORD = 'correct horse battery staple';
export const HOST_KEY = TEST_KEY;

function hostUsers(): HostUser[] {
  const acme = { organizationId: 'acme' };
  return [
    { ...acme, id: 'ada', name: 'Ada Lovelace', email: 'ada@acme.example' },
    { ...acme, id: 'alan', name: 'Alan Turing', email: 'alan@acme.example' },
    { ...acme, id: 'mary', name: 'Mary Jackson', email: 'mary@acme.example', phone: '+442079460018' },
    { ...acme, id: 'sync', name: 'Nightly sync', email: 'sync@acme.example' },
    { ...acme, id: 'bob', name: 'Bob Noyce', email: 'bob@acme.example' },
    { id: 'grace', name: 'Grace Hopper', email: 'grace@globex.example', organizationId: 'globex' },
    {
      id: 'linus',
      name: 'Linus Pauling',
      email: 'linus@globex.example',
      organizationId: 'globex',
      federated: true,
    },
    { id: 'root', name: 'Root', email: 'root@initech.example', organizationId: 'initech' },
    { id: 'ken', name: 'Ken', email: 'ken@initech.example', organizationId: 'initech' },
  ];
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['acme', 'Acme Corp'],
  ['globex', 'Globex'],
  ['initech', 'Initech'],
]);

export function createAdminHost(
  change: {
    readonly records?: Records;
    readonly state?: StateStore;
    readonly baseUrl?: string;
    readonly webhooks?: MfaOptions<HostUser>['webhooks'];
    readonly admin?: Partial<AdminPagesOptions>;
    readonly featureAvailable?: (organizationId: string) => boolean;
    readonly passkeys?: PasskeyOptions;
    /** What the user table does besides. */
    readonly directory?: Partial<UserDirectory<HostUser>>;
    readonly appearance?: Pick<MfaOptions<HostUser>, 'languages' | 'messages' | 'brand'>;
  } = {},
): AdminHost {
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const records = change.records ?? memoryRecords();
  const users = new Map(hostUsers().map((user) => [user.id, user]));
  const administrators = new Map<string, readonly string[]>([
    ['ada', ['acme', 'globex']],
    ['bob', ['acme']],
    ['root', ['initech']],
  ]);
  const errors: unknown[] = [];
  const { featureAvailable } = change;
  const mfa = createMfa<HostUser>({
    issuer: 'Acme Portal',
    baseUrl: change.baseUrl ?? 'http://localhost',
    keys: [HOST_KEY],
    account: ({ id }) => ({ username: id }),
    email: outbox.email,
    sms: outbox.sms,
    clock,
    onError: (error) => errors.push(error),
    webhooks: change.webhooks,
    records,
    state: change.state ?? memoryState(),
    ...(featureAvailable === undefined ? {} : { featureAvailable }),
    passkeys: change.passkeys,
    ...change.appearance,
    users: {
      findById: (id) => users.get(id),
      findByIds: async (ids) => ids.map((id) => users.get(id)).filter((user) => user !== undefined),
      async list({ organizationId, query, cursor, limit }) {
        const wanted = query?.toLowerCase() ?? '';
        const all = [...users.values()]
          .filter((user) => user.organizationId === organizationId)
          .filter(({ name, email }) => `${name} ${email ?? ''}`.toLowerCase().includes(wanted))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .filter(({ id }) => cursor === undefined || id > cursor);
        const page = all.slice(0, limit);
        const last = page.at(-1);
        return all.length > limit && last !== undefined
          ? { users: page, nextCursor: last.id }
          : { users: page };
      },
      count: async (organizationId) =>
        [...users.values()].filter((user) => user.organizationId === organizationId).length,
      ...change.directory,
    },
  });
  const passports = new passport.Passport();
  passports.use(
    mfa.strategy(async (username, password) => {
      const user = users.get(username);
      return password === HOST_PASSWORD && user !== undefined ? user : false;
    }),
  );
  passports.serializeUser<string>((user, done) => done(null, (user as HostUser).id));
  passports.deserializeUser<string>((id, done) => done(null, users.get(id) ?? false));
  const app = express();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  app.use(
    '/admin/mfa',
    mfa.adminPages({
      organizationsOf: (req) =>
        (administrators.get((req.user as HostUser | undefined)?.id ?? '') ?? []).map((id) => ({
          id,
          name: NAMES.get(id) ?? id,
        })),
      administratorsOf: (organizationId) =>
        [...administrators].filter(([, ids]) => ids.includes(organizationId)).map(([id]) => id),
      ...change.admin,
    }),
  );
  app.post('/sso/:id', (req, res, next) => {
    const user = users.get(req.params.id);
    if (user === undefined) next();
    else req.logIn(user, (error: unknown) => (error === undefined ? res.redirect('/') : next(error)));
  });
  app.use(mfa.guard());
  app.get('/', (req, res) => {
    res.send(
      `<!doctype html><html lang="en"><title>Portal</title><h1>Hello ${(req.user as HostUser).id}</h1></html>`,
    );
  });
  return { app, mfa, clock, outbox, records, users, administrators, errors };
}

/** Signs in with the password, from a fresh browser. */
export async function signIn(host: Pick<AdminHost, 'app'>, username: string): Promise<HttpAgent> {
  const agent = createHttpAgent(host.app);
  const answered = await agent.postJson('/mfa/login', { username, password: HOST_PASSWORD });
  expect(answered.body).toMatchObject({ outcome: expect.stringMatching(/signed-in|challenge|enroll/) });
  return agent;
}

/** Signs in by the host's own way, without a password. */
export async function signInAtProvider(host: AdminHost, userId: string): Promise<HttpAgent> {
  const agent = createHttpAgent(host.app);
  expect((await agent.post(`/sso/${userId}`)).headers['location']).toBe('/');
  return agent;
}

/** Signs in with the password and an app that was set up before, and has just proven it. */
export async function signInWithPlantedApp(
  host: AdminHost,
  username: string,
): Promise<{ readonly agent: HttpAgent; readonly secret: string }> {
  const { secret } = await plantApp(host, username);
  const agent = await signIn(host, username);
  const code = totpCode(secret, host.clock.now());
  expect((await agent.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
  host.clock.advance(30_000);
  return { agent, secret };
}

/** A person without a factor, who has just given the password again. */
export async function signInToChange(host: AdminHost, username: string): Promise<HttpAgent> {
  const agent = await signIn(host, username);
  host.clock.advance(1000);
  const proven = await agent.postJson('/mfa/step-up', { password: HOST_PASSWORD });
  expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
  return agent;
}

/** Enrolls an authenticator app in this session and returns its secret. */
export async function enrollApp(host: AdminHost, agent: HttpAgent): Promise<string> {
  const started = await agent.postJson('/mfa/enroll/totp');
  const { totp } = started.body as { totp: { secret: string } };
  const confirmed = await agent.postJson('/mfa/enroll/totp/confirm', {
    code: totpCode(totp.secret, host.clock.now()),
  });
  expect(confirmed.body).toMatchObject({ outcome: 'enrolled' });
  return totp.secret;
}

/** An administrator with an authenticator app, whose proof is fresh; the policy asks assigned members only. */
export async function signInProtected(
  host: AdminHost,
  username: string,
): Promise<{ readonly agent: HttpAgent; readonly secret: string }> {
  const organizationId = host.users.get(username)?.organizationId ?? 'default';
  await host.mfa.policies.save(organizationId, { enabled: true, enrollment: 'assigned' });
  const agent = await signInToChange(host, username);
  return { agent, secret: await enrollApp(host, agent) };
}

/** Proves the authenticator app once more. */
export async function stepUpWithApp(host: AdminHost, agent: HttpAgent, secret: string): Promise<void> {
  const { body } = await agent.getJson('/mfa/step-up');
  const { anyOf } = body as { anyOf: { authenticatorId: string; kind: string }[] };
  const authenticatorId = anyOf.find(({ kind }) => kind === 'totp')?.authenticatorId;
  const code = totpCode(secret, host.clock.now());
  const proven = await agent.postJson('/mfa/step-up', { authenticatorId, code });
  expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
}
