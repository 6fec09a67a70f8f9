import type { Express, Request } from 'express';
import express from 'express';
import passport from 'passport';
import { createMfa } from 'express-mfa';
import { createClock } from '../../support/clock';
import { createHttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { TEST_KEY } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';
import { until } from '../../support/until';

let people = 0;

/** The host's log-out stands above the guard, which never hears of it. */
function openHost(stores: ReturnType<(typeof storeKinds)[number]['open']>) {
  people += 1;
  const user = { id: `leaver-${people}` };
  const { records, state } = stores;
  const clock = createClock();
  const errors: unknown[] = [];
  const asked: string[] = [];
  let fails = false;
  const endSession = state.endSession.bind(state);
  state.endSession = async (userId, handle) => {
    asked.push(handle);
    if (fails) throw new Error('The state store is gone.');
    return endSession(userId, handle);
  };
  const mfa = createMfa({
    issuer: 'Shop',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records,
    state,
    clock,
    users: { findById: () => user },
    defaultPolicy: { enabled: true, enrollment: 'required' },
    onError: (error) => errors.push(error),
  });
  const passports = new passport.Passport();
  passports.use(mfa.strategy(async () => user));
  passports.serializeUser((_user, done) => done(null, user.id));
  passports.deserializeUser((_id, done) => done(null, user));
  const app = express();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  addLogout(app);
  app.use('/mfa', mfa.pages());
  app.use(mfa.guard());
  app.get('/plain', (_req, res) => res.json({ plain: true }));
  const listed = () => mfa.sessionsOf(user.id).list();
  const endAll = () => mfa.sessionsOf(user.id).endAll();
  return { endAll, app, mfa, clock, errors, asked, listed, user, records, fail: () => (fails = true) };
}

function addLogout(app: Express): void {
  const by = {
    keep: (req: Request, done: (error?: unknown) => void) => req.logout({ keepSessionInfo: true }, done),
    all: (req: Request, done: (error?: unknown) => void) => req.logout(done),
    destroy: (req: Request, done: (error?: unknown) => void) => req.session.destroy(done),
    regenerate: (req: Request, done: (error?: unknown) => void) => req.session.regenerate(done),
  };
  for (const [how, leave] of Object.entries(by)) {
    app.post(`/leave/${how}`, (req, res, next) =>
      leave(req, (error) => (error === undefined || error === null ? res.json({ how }) : next(error))),
    );
  }
  app.post('/basket', (req, res) => {
    Object.assign(req.session, { basket: ['tea'] });
    res.json({});
  });
  app.get('/basket', (req, res) => res.json({ basket: Reflect.get(req.session, 'basket') ?? null }));
}

describe.each(storeKinds)('a log-out of the host above the guard, on $kind', ({ open: openStores }) => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function signedIn() {
    const stores = openStores();
    const host = openHost(stores);
    closing.push(async () => {
      await host.mfa.close();
      stores.close();
    });
    const { secret } = await plantApp(host, host.user.id);
    const browser = createHttpAgent(host.app);
    await browser.postJson('/mfa/login', { username: 'a', password: 'b' });
    const code = () => totpCode(secret, host.clock.now());
    const proven = await browser.postJson('/mfa/challenge', { code: code() });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    await host.mfa.settled();
    return { ...host, browser, code };
  }

  it.each(['keep', 'all', 'destroy', 'regenerate'])('removes the session from the list: %s', async (how) => {
    const { browser, listed, asked } = await signedIn();
    const [entry] = await listed();
    expect((await browser.post(`/leave/${how}`)).body).toEqual({ how });
    await until(async () => (await listed()).length === 0);
    expect(asked).toEqual([entry?.handle]);
    expect((await browser.getJson('/plain')).body).toMatchObject({ outcome: 'sign-in' });
  });

  it('keeps what `keepSessionInfo` keeps', async () => {
    const { browser, listed } = await signedIn();
    await browser.post('/basket');
    await browser.post('/leave/keep');
    await until(async () => (await listed()).length === 0);
    expect((await browser.getJson('/basket')).body).toEqual({ basket: ['tea'] });
  });

  it('works even if the list cannot be written, and reports the failure', async () => {
    const { browser, listed, errors, fail } = await signedIn();
    fail();
    expect((await browser.post('/leave/all')).body).toEqual({ how: 'all' });
    await until(async () => errors.length > 0);
    expect(errors).toEqual([new Error('The state store is gone.')]);
    expect((await browser.getJson('/plain')).body).toMatchObject({ outcome: 'sign-in' });
    expect(await listed()).toHaveLength(1);
  });

  it('is the only thing that ends a session: no page, proof or visitor does', async () => {
    const { browser, listed, asked, clock, code, app, endAll } = await signedIn();
    await browser.getJson('/plain');
    await browser.post('/basket');
    clock.advance(30_000);
    expect((await browser.postJson('/mfa/step-up', { code: code() })).body.outcome).toBe('stepped-up');
    expect((await browser.getJson('/plain')).body).toEqual({ plain: true });
    const identity = createHttpAgent(app);
    await identity.get('/mfa/login');
    await identity.post('/leave/all');
    expect(asked).toEqual([]);
    expect(await listed()).toHaveLength(1);
    await endAll();
    expect((await browser.getJson('/plain')).body).toMatchObject({ because: 'session-ended' });
    expect(asked).toEqual([]);
  });

  it('is done once at our own log-out', async () => {
    const { browser, listed, asked } = await signedIn();
    expect((await browser.postJson('/mfa/logout')).body).toMatchObject({ outcome: 'signed-out' });
    expect(asked).toHaveLength(1);
    expect(await listed()).toEqual([]);
  });
});
