import { memoryRecords } from '../../support/records';
import express from 'express';
import type { ErrorRequestHandler } from 'express';
import { memoryState } from 'express-mfa';
import session, { MemoryStore } from 'express-session';
import { stateOf } from '../../../src/http/kernel/request';
import { prefetchingSessionStore } from '../../../src/http/session/prefetching-session-store';
import { readSessionData } from '../../../src/http/session/session-data';
import { createClock } from '../../support/clock';
import { createHttpAgent } from '../../support/http-agent';

/** Says what it was asked to do, and fails to end sessions where it is told to. */
class WatchedStore extends MemoryStore {
  readonly asked: string[] = [];
  endsFail = false;
  setsFail = false;

  override set(...[id, data, done]: Parameters<MemoryStore['set']>): void {
    this.asked.push('set');
    if (this.setsFail) done?.(new Error('The store lost its connection.'));
    else super.set(id, data, done);
  }

  override destroy(...[id, done]: Parameters<MemoryStore['destroy']>): void {
    this.asked.push('destroy');
    if (this.endsFail) done?.(new Error('The store lost its connection.'));
    else super.destroy(id, done);
  }
}

function openApp() {
  const store = new WatchedStore();
  const options = { onError: () => undefined };
  const context = { records: memoryRecords(), state: memoryState(), clock: createClock(), options };
  const app = express();
  app.use(
    session({
      store: prefetchingSessionStore(context, store),
      secret: 'for this test alone',
      resave: false,
      saveUninitialized: false,
    }),
  );
  app.get('/', (req, res) => res.json({ returnTo: req.session.returnTo ?? null }));
  app.get('/keep', (req, res) => {
    req.session.returnTo = '/kept';
    res.json({});
  });
  app.get('/in', (req, res) => {
    Object.assign(req.session, { passport: { user: 'ada' } });
    res.json({});
  });
  app.get('/keep-after-end', (req, res) => {
    store.destroy(req.sessionID, () => {
      req.session.returnTo = '/kept';
      res.json({});
    });
  });
  app.get('/spoil', (req, res) => {
    req.session.mfa = 'what nobody wrote';
    res.json({});
  });
  app.get('/slot', (req, res) => res.json(readSessionData(req)));
  app.get('/renew', (req, res, next) => {
    stateOf(req).savesNext = req.query['savesNext'] === 'yes';
    req.session.regenerate((error: unknown) => {
      if (error !== null && error !== undefined) return next(error);
      req.session.returnTo = '/renewed';
      req.session.save((failure: unknown) => (failure ? next(failure) : res.json({ renewed: true })));
    });
  });
  const answer: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(503).json({});
  app.use(answer);
  return { store, agent: createHttpAgent(app) };
}

describe.each(['yes', 'no'])('a new session id, where the next session is saved first: %s', (savesNext) => {
  it('leaves nothing of the old session', async () => {
    const { store, agent } = openApp();
    await agent.getJson('/keep');
    expect((await agent.getJson(`/renew?savesNext=${savesNext}`)).body).toEqual({ renewed: true });
    expect((await agent.getJson('/')).body).toEqual({ returnTo: '/renewed' });
    expect(store.asked).toEqual(['set', 'destroy', 'set']);
  });

  it('ends nothing if nothing was stored', async () => {
    const { store, agent } = openApp();
    await agent.getJson(`/renew?savesNext=${savesNext}`);
    expect(store.asked).toEqual(['set']);
  });

  it('is an error if the new session could not be stored', async () => {
    const { store, agent } = openApp();
    await agent.getJson('/keep');
    store.setsFail = true;
    expect((await agent.getJson(`/renew?savesNext=${savesNext}`)).status).toBe(503);
  });

  it('is an error if the old session could not be ended', async () => {
    const { store, agent } = openApp();
    await agent.getJson('/keep');
    store.endsFail = true;
    expect((await agent.getJson(`/renew?savesNext=${savesNext}`)).status).toBe(503);
  });
});

it('loads an unreadable session, which is refused when it is used', async () => {
  const { agent } = openApp();
  await agent.getJson('/keep');
  await agent.getJson('/spoil');
  for (let turn = 0; turn < 2; turn += 1) {
    expect((await agent.getJson('/')).body).toEqual({ returnTo: '/kept' });
    expect((await agent.getJson('/slot')).status).toBe(503);
  }
});

it('writes once what is saved twice, and again what changed in between', async () => {
  const { store, agent } = openApp();
  await agent.getJson('/renew?savesNext=yes');
  await agent.getJson('/');
  expect(store.asked).toEqual(['set']);
  await agent.getJson('/keep');
  expect(store.asked).toEqual(['set', 'set']);
});

it('does not bring back a session that ended during the request and has no claims of ours', async () => {
  const { store, agent } = openApp();
  await agent.getJson('/in');
  await agent.getJson('/keep-after-end');
  expect((await agent.getJson('/')).body).toEqual({ returnTo: null });
  expect(store.asked).toEqual(['set', 'destroy']);
});
