import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import session from 'express-session';
import type { Store } from 'express-session';
import { createHttpAgent } from '../../support/http-agent';
import { createHastyBrowser, type HastyBrowser } from '../../support/hasty-browser';
import { CREDENTIALS, createLoginHost, type LoginHost } from '../../support/login-host';
import { startLoopbackServer, type LoopbackServer } from '../../support/loopback-server';
import { hiddenFields, textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import { createSlowStore } from '../../support/slow-store';
import { totpCode } from '../../support/totp';

type FileStoreClass = new (options: object) => Store;
const FileStore = (require('session-file-store') as (module: typeof session) => FileStoreClass)(session);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'express-mfa-sessions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stores: readonly { readonly name: string; create(): Store }[] = [
  { name: 'a slow store', create: () => createSlowStore() },
  {
    name: 'session-file-store',
    create: () => new FileStore({ path: folder, logFn: () => undefined, reapInterval: -1 }),
  },
];

describe.each(stores)('a visitor faster than $name', ({ create }) => {
  let host: LoginHost;
  let server: LoopbackServer;
  let browser: HastyBrowser;

  beforeEach(async () => {
    host = createLoginHost({ store: create(), login: addSignUp, guarded: addStart });
    server = await startLoopbackServer(host.app);
    browser = createHastyBrowser(server.url);
  });
  afterEach(async () => {
    await server.close();
    await host.mfa.close();
  });

  async function signIn(returnTo = '/home') {
    await browser.get('/mfa/login');
    return browser.post('/mfa/login', { ...CREDENTIALS, returnTo });
  }

  const confirmApp = (secret: string) =>
    browser.post('/mfa/enroll/totp/confirm', { code: totpCode(secret, host.clock.now()) });

  it('puts the enrollment off once', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const offer = await signIn();
    expect(offer.path).toBe('/mfa/enroll?returnTo=%2Fhome');
    const skipped = await browser.post('/mfa/enroll/skip', { returnTo: '/home' });
    expect([skipped.path, skipped.status]).toEqual(['/home', 200]);
  });

  it('signs in with the app, and makes new recovery codes that are shown', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    expect((await signIn()).path).toMatch(/^\/mfa\/challenge/);
    const home = await browser.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect(home.path).toBe('/home');
    await browser.get('/mfa/settings');
    const codes = await browser.post('/mfa/settings/recovery-codes');
    expect(textOf(codes.text)).toContain('Save your recovery codes');
    await browser.post('/mfa/enroll/recovery-codes', { saved: 'yes' });
    const again = await browser.get('/mfa/enroll/recovery-codes');
    expect(textOf(again.text)).toContain('Your recovery codes can’t be shown again');
  });

  it('goes on with the act that waited for a proof', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    await signIn();
    await browser.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    host.clock.advance(11 * 60_000);
    await browser.get('/mfa/settings');
    const proof = await browser.post('/mfa/settings/recovery-codes');
    expect(proof.path).toMatch(/^\/mfa\/step-up/);
    const codes = await browser.post('/mfa/step-up', {
      ...hiddenFields(proof.text, '/mfa/step-up'),
      code: totpCode(secret, host.clock.now()),
    });
    expect(textOf(codes.text)).toContain('Save your recovery codes');
  });

  it('chooses another factor and proves it', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await plantApp(host, 'mary');
    await host.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    await browser.get('/mfa/login');
    const asked = await browser.post('/mfa/login', { username: 'mary', password: CREDENTIALS.password });
    const choice = /name="authenticatorId" value="(email[^"]*)"/.exec(asked.text)?.[1] ?? '';
    const sent = await browser.post('/mfa/challenge/factor', { authenticatorId: choice });
    expect(textOf(sent.text)).toContain('Check your email');
    const code = /\b(\d{6})\b/.exec(host.outbox.messages.at(-1)?.text ?? '')?.[1] ?? '';
    expect((await browser.post('/mfa/challenge', { code })).path).toBe('/');
  });

  it('sets up an app with a backup phone', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required', backupPhone: true });
    await signIn();
    await browser.get('/mfa/enroll/totp');
    expect((await browser.post('/mfa/enroll/totp')).path).toMatch(/^\/mfa\/enroll\/sms/);
    await browser.post('/mfa/enroll/sms', { phone: '+442079460018' });
    const code = /\b(\d{6})\b/.exec(host.outbox.messages.at(-1)?.text ?? '')?.[1] ?? '';
    const scan = await browser.post('/mfa/enroll/sms/confirm', { code });
    const secret = /data-key="([A-Z2-7]+)"/.exec(scan.text)?.[1] ?? '';
    expect(textOf((await confirmApp(secret)).text)).toContain('Save your recovery codes');
  });

  it('is led by the guard from a sign-in of the host, in one session', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await browser.get('/sign-up');
    expect((await browser.get('/home')).path).toBe('/mfa/enroll?returnTo=%2Fhome');
    expect(await host.mfa.sessionsOf('ada').list()).toHaveLength(1);
  });

  it('is let through by the guard to a redirect of the host, in one session', async () => {
    await browser.get('/single-sign-on');
    expect(await host.mfa.sessionsOf('ada').list()).toHaveLength(1);
  });

  it('is offered protection after the sign-up of the host', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned', enrollAtSignUp: true });
    const offer = await browser.get('/sign-up');
    expect(textOf(offer.text)).toContain('Skip');
    expect((await browser.post('/mfa/enroll/skip', { returnTo: '/home' })).path).toBe('/home');
  });

  it('takes the note of a mailed link along into the sign-in', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await host.mfa.members.save(
      { userId: 'ada', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    await browser.get('/mailed-link');
    const answer = await browser.post('/mfa/login', CREDENTIALS);
    expect(answer.path).not.toBe('/mfa/challenge');
    expect(host.outbox.messages).toEqual([]);
  });
});

function addStart(app: LoginHost['app']): void {
  app.get('/start', (_req, res) => res.redirect('/home'));
}

/** Routes of the host that redirect after calling us. */
function addSignUp({ app, mfa }: Pick<LoginHost, 'app' | 'mfa'>): void {
  app.get('/sign-up', (req, res, next) => {
    req.logIn({ ...CREDENTIALS, id: 'ada', organizationId: 'acme' }, (error) => {
      if (error) return next(error);
      mfa.startOnboarding(req, { returnTo: '/home' }).then((path) => res.redirect(303, path), next);
    });
  });
  app.get('/single-sign-on', (req, res, next) => {
    const user = { ...CREDENTIALS, id: 'ada', organizationId: 'acme' };
    req.logIn(user, (error) => (error ? next(error) : res.redirect('/start')));
  });
  app.get('/mailed-link', (req, res, next) => {
    const channel = { channel: 'email', address: 'ada@acme.example' } as const;
    mfa.noteFirstFactor(req, channel).then(() => res.redirect(303, '/mfa/login'), next);
  });
}

describe('a store that writes the whole session to touch it', () => {
  it('does so before the redirect is sent, since it would undo what the next request changes', async () => {
    const order: string[] = [];
    const store = createSlowStore();
    const { touch } = store;
    store.touch = (id, data, done) =>
      touch?.(id, data, () => {
        order.push('touched');
        done?.();
      });
    const host = createLoginHost({ store });
    const server = await startLoopbackServer(host.app);
    const browser = createHastyBrowser(server.url, (path) => order.push(path));
    await browser.get('/mfa/login');
    await browser.post('/mfa/login', { ...CREDENTIALS, returnTo: '/home' });
    order.length = 0;
    await browser.get('/mfa/challenge?returnTo=/home');
    expect(order.slice(0, 2)).toEqual(['touched', '/mfa/challenge?returnTo=/home']);
    await server.close();
    await host.mfa.close();
  });
});

describe('a session store that fails', () => {
  it('answers nothing that is not stored', async () => {
    const store = createSlowStore({ latencyMs: 0 });
    const { app, mfa } = createLoginHost({ store });
    await mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const agent = createHttpAgent(app);
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', CREDENTIALS);
    await agent.get('/mfa/enroll');
    store.refuse();
    for (const skipped of [
      await agent.post('/mfa/enroll/skip'),
      await agent.postJson('/mfa/enroll/skip', {}, { 'x-csrf-token': await agent.csrfToken() }),
    ]) {
      expect(skipped.status).toBe(503);
      expect(skipped.headers['location']).toBeUndefined();
      expect(skipped.text).not.toContain('skipped');
    }
    await mfa.close();
  });

  it('leaves no session on the list of a sign-in that failed', async () => {
    const store = createSlowStore({ latencyMs: 0 });
    const { app, mfa } = createLoginHost({ store });
    const agent = createHttpAgent(app);
    await agent.get('/mfa/login');
    store.refuse();
    expect((await agent.post('/mfa/login', CREDENTIALS)).status).toBe(500);
    expect(await mfa.sessionsOf('ada').list()).toEqual([]);
    await mfa.close();
  });

  it('makes the guard send no redirect either if that changed the session', async () => {
    const store = createSlowStore({ latencyMs: 0 });
    const { app, mfa, errors } = createLoginHost({ store });
    const agent = createHttpAgent(app);
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', CREDENTIALS);
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    store.refuse();
    await mfa.sessionsOf('ada').endAll();
    const refused = await agent.get('/home');
    expect([refused.status, refused.headers['location']]).toEqual([500, undefined]);
    expect(errors).toHaveLength(1);
    await mfa.close();
  });
  it('leads to no sign-in page of the host, which would not know where the person was going', async () => {
    const store = createSlowStore({ latencyMs: 0 });
    const { app, mfa } = createLoginHost({ store, options: { loginPath: '/login' } });
    store.refuse();
    const chrome = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const refused = await createHttpAgent(app).get('/reports', chrome);
    expect([refused.status, refused.headers['location']]).toEqual([503, undefined]);
    await mfa.close();
  });

  it('finishes no sign-in without the message of the host', async () => {
    const store = createSlowStore({ latencyMs: 0 });
    const { set } = store;
    store.set = (id, data, done) =>
      'messages' in data ? done?.(new Error('The disk is full.')) : set(id, data, done);
    const host = createLoginHost({
      store,
      login: ({ app, passports }) => {
        app.post('/login', passports.authenticate('mfa', { successMessage: 'Welcome!' }));
      },
    });
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    const agent = createHttpAgent(host.app);
    await agent.post('/login', CREDENTIALS);
    const proven = await agent.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect([proven.status, proven.headers['location']]).toEqual([503, undefined]);
    await host.mfa.close();
  });
});
