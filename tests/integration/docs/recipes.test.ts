import { memoryStores as memoryRecordsAndState } from '../../support/records';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createMfa, createOutbox, memoryStores, type Mfa, type MfaOptions } from 'express-mfa';
import express from 'express';
import passport from 'passport';
import request from 'supertest';
import { codeIn, ROOT, runCode } from '../../support/docs';
import { createHttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { createPortal, PASSWORD, TEST_KEY, type Portal } from '../../support/portal';
import { totpCode } from '../../support/totp';

interface User {
  readonly id: string;
  readonly email: string;
  readonly organizationId: string;
}

const USERS: readonly User[] = ['7', 'ada', 'sync'].map((id) => ({
  id,
  email: `${id}@acme.example`,
  organizationId: 'acme',
}));
const findById = (id: string) => USERS.find((user) => user.id === id);
const OPTIONS = {
  issuer: 'Acme',
  baseUrl: 'http://localhost',
  keys: [TEST_KEY],
  users: { findById },
} satisfies Partial<MfaOptions<User>>;

function openMfa(change: Partial<MfaOptions<User>> = {}): Mfa<User> {
  return createMfa<User>({ ...OPTIONS, ...memoryStores(), ...change });
}

/** A small host with a guarded page. */
function createApp(mfa: Mfa<User>): express.Express {
  const passports = new passport.Passport();
  passports.use(mfa.strategy(async (username) => findById(username) ?? false));
  passports.serializeUser((user, done) => done(null, Reflect.get(user, 'id')));
  passports.deserializeUser<string>((id, done) => done(null, findById(id) ?? false));
  const app = express();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  app.use(mfa.guard());
  app.get('/', (_req, res) => res.json({ inside: true }));
  return app;
}

describe('the code of docs/policy.md', () => {
  it('saves a policy, assigns a method, exempts an account and ends sessions', async () => {
    const mfa = openMfa();
    const [code = ''] = codeIn('docs/policy.md', 'Policy');
    await runCode(code, { mfa });
    expect(await mfa.policies.get('acme')).toMatchObject({ enabled: true, enrollment: 'required', skips: 3 });
    expect(await mfa.members.get({ userId: '7', organizationId: 'acme' })).toMatchObject({
      enabled: true,
      assignedKind: 'totp',
    });
    expect(await mfa.members.get({ userId: 'sync', organizationId: 'acme' })).toMatchObject({
      exemption: { reason: 'nightly export', grantedBy: 'ada' },
    });
    await mfa.close();
  });
});

describe('the code of docs/operations.md', () => {
  it('erases a person', async () => {
    const mfa = openMfa();
    const member = { userId: '7', organizationId: 'acme' };
    await mfa.members.save(member, { enabled: true });
    const [code = ''] = codeIn('docs/operations.md', 'Erase a person');
    await runCode(code, { mfa, userId: '7' });
    expect(await mfa.members.get(member)).toMatchObject({ enabled: false });
    const { events } = await mfa.events.query({ organizationId: 'acme', name: 'member-changed' });
    expect(events).toEqual([expect.not.objectContaining({ userId: '7' })]);
    await mfa.close();
  });

  it('checks the setup', async () => {
    const mfa = openMfa();
    const warn = jest.fn();
    const [code = ''] = codeIn('docs/operations.md', 'Health checks');
    await runCode(code, { mfa, app: express(), console: { warn } });
    expect(warn).toHaveBeenCalledWith('warning', expect.any(String), expect.any(String));
    await mfa.close();
  });

  it('lets an administrator in again who lost the phone', async () => {
    const stores = memoryRecordsAndState();
    const mfa = openMfa({ ...stores, onError: () => undefined });
    await plantApp({ ...stores, clock: Date }, '7');
    expect(await mfa.authenticators.list('7')).toHaveLength(1);
    const [code = ''] = codeIn('docs/operations.md', 'Break-glass');
    await runCode(code, { mfa });
    expect(await mfa.authenticators.list('7')).toEqual([]);
  });
});

describe('the code of docs/recipes.md', () => {
  it('asks for a factor in code of the host', async () => {
    const outbox = createOutbox();
    const mfa = openMfa({ email: outbox.email });
    await mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    await mfa.members.save(
      { userId: 'ada', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const req = {
      ip: '192.0.2.1',
      get: () => undefined,
      body: {
        get code() {
          return /\b\d{6}\b/.exec(outbox.messages.at(-1)?.text ?? '')?.[0];
        },
      },
    };
    const [code = ''] = codeIn('docs/recipes.md', 'Factors in your own code');
    expect(await runCode(`${code}\nreturn outcome;`, { mfa, user: findById('ada'), req })).toBe('verified');
    await mfa.close();
  });

  describe('for WebSockets', () => {
    let portal: Portal;
    let server: http.Server;
    let url: string;

    beforeAll(async () => {
      portal = createPortal();
      await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
      const passports = new passport.Passport();
      passports.use(
        portal.mfa.strategy(async (username, password) => {
          const user = portal.users.get(username);
          return user?.password === password ? user : false;
        }),
      );
      passports.serializeUser((user, done) => done(null, Reflect.get(user, 'id')));
      passports.deserializeUser<string>((id, done) => done(null, portal.users.get(id) ?? false));
      const app = express();
      server = http.createServer(app);
      const acceptSocket = (_req: unknown, socket: Duplex) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      const [code = ''] = codeIn('docs/recipes.md', 'WebSockets');
      await runCode(code, { mfa: portal.mfa, passport: passports, app, server, http, acceptSocket });
      app.use('/mfa', portal.mfa.pages());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      server.close();
      await portal.mfa.close();
    });

    function upgrade(cookie: string): Promise<number | undefined> {
      return new Promise((resolve, reject) => {
        const headers = { connection: 'Upgrade', upgrade: 'websocket', cookie };
        const sent = http.get(url, { headers, agent: false });
        sent.on('response', (response) => resolve(response.resume().statusCode));
        sent.on('upgrade', (response, socket) => {
          socket.destroy();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
      });
    }

    it('opens a socket after the second factor, and not before', async () => {
      const { secret } = await plantApp(portal, 'ada');
      const agent = createHttpAgent(url);
      expect(await upgrade('')).toBe(401);
      const login = await agent.postJson('/mfa/login', { username: 'ada', password: PASSWORD });
      expect(login.body.outcome).toBe('challenge');
      expect(await upgrade(agent.cookieHeader())).toBe(401);
      const code = totpCode(secret, portal.clock.now());
      expect((await agent.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
      expect(await upgrade(agent.cookieHeader())).toBe(101);
      await portal.mfa.sessionsOf('ada').endAll();
      expect(await upgrade(agent.cookieHeader())).toBe(401);
    });
  });
});

describe('the code of docs/guarding-routes.md', () => {
  it('lets an exempt account use the API with its password, and no other', async () => {
    const mfa = openMfa();
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const member = { userId: 'sync', organizationId: 'acme', actorId: 'ada' };
    await mfa.members.exempt(member, { reason: 'export', until: Date.now() + 60_000 });
    const passports = new passport.Passport();
    passports.use(mfa.strategy(async (username) => findById(username) ?? false));
    const app = express();
    app.use(mfa.sessions(), passports.initialize(), passports.session());
    const [code = ''] = codeIn('docs/guarding-routes.md', 'API clients');
    await runCode(code, { app, mfa });
    const ping = (name: string) => request(app).get('/api/ping').auth(name, 'any');
    expect((await ping('sync')).body).toEqual({ user: 'sync' });
    expect((await ping('ada')).body).toMatchObject({ because: 'mfa-required' });
    await mfa.close();
  });
});

describe('the brand of docs/pages.md', () => {
  it('is accepted, and so is a stylesheet', async () => {
    const blocks = codeIn('docs/pages.md', 'Logo, colors and links');
    expect(blocks).toHaveLength(2);
    for (const code of blocks) {
      const options = { ...OPTIONS, ...memoryStores() };
      // oxlint-disable-next-line no-await-in-loop
      const mfa = (await runCode(`${code}\nreturn mfa;`, { createMfa, options })) as Mfa<User>;
      // oxlint-disable-next-line no-await-in-loop
      const page = await request(createApp(mfa)).get('/mfa/login').set('Accept', 'text/html');
      expect(page.text).toMatch(/Forgot your password\?|\/mfa-theme\.css/);
      // oxlint-disable-next-line no-await-in-loop
      await mfa.close();
    }
  });
});

describe('the brands of docs/pages.md', () => {
  it('are the app’s before anybody is known, and the customer’s in a mail', async () => {
    const [code = ''] = codeIn('docs/pages.md', 'A brand for each organization');
    const customers = {
      find: async (id: string) => ({ name: `${id} Ltd`, logoUrl: '/c.svg', color: '#8a1c1c' }),
    };
    const outbox = createOutbox();
    const options = { ...OPTIONS, ...memoryStores(), email: outbox.email };
    const mfa = (await runCode(`${code}\nreturn mfa;`, { createMfa, options, customers })) as Mfa<User>;
    const page = await request(createApp(mfa)).get('/mfa/login').set('Accept', 'text/html');
    expect(page.text).toContain('src="/logo.svg"');
    expect(page.text).toContain(`· ${OPTIONS.issuer}</title>`);
    const member = { userId: 'ada', organizationId: 'acme' };
    await mfa.policies.save('acme', { enabled: true });
    await mfa.members.reset(member, { reason: 'lost phone' });
    await mfa.close();
    expect(outbox.messages.map(({ text }) => text)).toEqual([expect.stringContaining('acme Ltd')]);
  });
});

describe('the commands of docs/pages.md', () => {
  it('make a copy of the views that the app then uses', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'theme-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'express-mfa'));
    const [commands = ''] = codeIn('docs/pages.md', 'Your own templates', 'sh');
    execFileSync('sh', ['-ec', commands], { cwd: folder });
    appendFileSync(join(folder, 'mfa-views', 'login.ejs'), '<p>Changed by the host</p>');
    const [code = ''] = codeIn('docs/pages.md', 'Your own templates');
    const path = { resolve: (name: string) => join(folder, name) };
    const options = { ...OPTIONS, ...memoryStores() };
    const mfa = (await runCode(`${code}\nreturn mfa;`, { createMfa, options, path })) as Mfa<User>;
    const app = createApp(mfa);
    const page = await request(app).get('/mfa/login').set('Accept', 'text/html');
    expect(page.text).toContain('<p>Changed by the host</p>');
    await mfa.close();
    rmSync(folder, { recursive: true });
  });
});
