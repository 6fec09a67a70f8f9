import express from 'express';
import request from 'supertest';
import { holdVisit, postHeld } from '../../support/held-visit';
import type { HeldVisit } from '../../support/held-visit';
import { halfLoginsAt } from '../../support/half-logins';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { wireApp } from '../../support/wired-app';
import { createClock } from '../../support/clock';

// The attack: whoever controls another host of the same domain gets a token for visitors from the sign-in page, plants its cookie
// in the victim's browser and sends a form with its other half: to sign the victim in as somebody else, or to act in their session.

const portal = createPortal();
const { clock } = portal;
const { atTheChallenge, signedIn } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

/** Both halves, as anybody gets them. */
const plantedPair = () => holdVisit(visit(portal));

function logIn({ cookie, token }: HeldVisit, headers: Readonly<Record<string, string>> = {}) {
  const { username, password } = addPerson(portal);
  return request(portal.app)
    .post('/mfa/login')
    .type('form')
    .set({ accept: 'application/json', cookie, ...headers })
    .send({ username, password, _csrf: token });
}

describe('a form of a visitor without a session', () => {
  it.each([
    ['another host of the domain', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host, by its origin alone', { origin: 'https://evil.portal.example' }],
    ['another port of the host', { origin: 'http://localhost:8080' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a sandboxed frame of another host', { origin: 'null', 'sec-fetch-site': 'same-site' }],
    ['an origin that is no address', { origin: 'nonsense' }],
  ])('is refused where it comes from %s, although both halves are right', async (_what, headers) => {
    const refused = await logIn(await plantedPair(), headers);
    expect([refused.status, refused.body.because]).toEqual([403, 'csrf-token-refused']);
    expect(String(refused.headers['set-cookie'])).not.toContain('session=');
  });

  it.each([
    ['our own page', { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }],
    ['our own page with no referrer', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['a browser that says nothing of it', {}],
  ])('is taken where it comes from %s', async (_what, headers) => {
    const taken = await logIn(await plantedPair(), headers);
    expect([taken.status, taken.body.outcome]).toEqual([200, 'enroll']);
  });

  it('is refused without the half in the cookie, with that of another visitor, and with halves in the wrong place', async () => {
    const [mine, theirs] = [await plantedPair(), await plantedPair()];
    const [name = '', value = ''] = mine.cookie.split('=');
    const pairs: [string, HeldVisit][] = [
      ['no cookie', { ...mine, cookie: '' }],
      ['the cookie of another', { ...mine, cookie: theirs.cookie }],
      ['the token in the cookie', { ...mine, cookie: `${name}=${mine.token}` }],
      ['the cookie as the token', { ...mine, token: value }],
      ['a cookie that was chosen', { cookie: `${name}=${'a'.repeat(64)}`, token: 'a'.repeat(64) }],
    ];
    for (const [what, pair] of pairs) {
      const refused = await logIn(pair);
      expect([what, refused.status, refused.body.because]).toEqual([what, 403, 'csrf-token-refused']);
    }
  });

  it('is refused two hours after it was opened, also with its cookie', async () => {
    const pair = await plantedPair();
    clock.advance(7_199_000);
    expect((await logIn(pair)).status).toBe(200);
    clock.advance(1000);
    expect((await logIn(pair)).status).toBe(403);
  });

  it('is refused under the keys of another app', async () => {
    const other = createPortal({
      keys: ['XgPzc0yXlZpJ2dsYuR9Hn0m1bRk3tqvQ4d1m7u0sD2k='],
      clock: createClock(),
    });
    expect((await logIn(await holdVisit(visit(other)))).status).toBe(403);
  });

  it('is taken under a cookie with the __Host- prefix only, where the site is reached over TLS', async () => {
    const secured = createPortal({ baseUrl: 'https://portal.example' });
    secured.app.set('trust proxy', 'loopback');
    const https = { 'x-forwarded-proto': 'https', accept: 'application/json' };
    const state = await request(secured.app).get('/mfa/state').set(https);
    const [pair = ''] = String(state.headers['set-cookie']).split(';');
    const send = (cookie: string) =>
      request(secured.app)
        .post('/mfa/login')
        .set({ ...https, cookie, 'x-csrf-token': state.body.csrfToken })
        .send({ username: 'ada', password: 'wrong' });
    expect(pair).toMatch(/^__Host-mfa-visitor-/);
    expect((await send(pair)).status).toBe(401);
    expect((await send(pair.replace('__Host-', ''))).status).toBe(403);
  });
});

describe('a session', () => {
  it.each([
    ['that waits for a second factor', async () => (await atTheChallenge()).guest],
    ['with a second factor', async () => (await signedIn()).guest],
    [
      'that the host began',
      async () => {
        const linus = visit(portal);
        await linus.post('/sso/linus');
        return linus;
      },
    ],
  ])('%s takes no token of a visitor', async (_what, begin) => {
    const [pair, guest] = [await plantedPair(), await begin()];
    const cookie = `${guest.cookieHeader()}; ${pair.cookie}`;
    for (const path of [
      '/mfa/login',
      '/mfa/logout',
      '/mfa/challenge',
      '/mfa/sessions/end-others',
      '/mfa/unlock',
    ]) {
      const refused = await request(portal.app)
        .post(path)
        .set({ accept: 'application/json', cookie, 'x-csrf-token': pair.token });
      expect([path, refused.status, refused.body.because]).toEqual([path, 403, 'csrf-token-refused']);
    }
    expect((await guest.postJson('/mfa/logout')).status).toBe(200);
  });

  it('of somebody whom the host names without Passport takes no token of a visitor', async () => {
    const { app } = wireApp(express, (host, { mfa, sessions }) => {
      host.use(sessions);
      host.get('/pair', (req, res) => void res.json({ csrfToken: mfa.csrfToken(req) }));
      host.use((req, _res, next) => {
        Object.assign(req, { user: { id: 'ada', username: 'ada', email: 'ada@acme.example' } });
        next();
      });
      host.use('/mfa', mfa.pages());
    });
    const pair = await request(app).get('/pair');
    const [cookie = ''] = String(pair.headers['set-cookie']).split(';');
    const refused = await request(app)
      .post('/mfa/logout')
      .set({ accept: 'application/json', cookie, 'x-csrf-token': pair.body.csrfToken });
    expect([refused.status, refused.body.because]).toEqual([403, 'csrf-token-refused']);
  });

  it('takes its own token from another address of the app, too', async () => {
    const { guest } = await signedIn();
    const elsewhere = { origin: 'http://127.0.0.1', 'sec-fetch-site': 'same-site' };
    expect((await guest.postJson('/mfa/logout', {}, elsewhere)).status).toBe(200);
  });

  it('that is remembered until the password is typed takes no token of a visitor either', async () => {
    const guest = visit(portal);
    await guest.post('/reset/ada@acme.example');
    const pair = await plantedPair();
    const refused = await logIn({ ...pair, cookie: `${guest.cookieHeader()}; ${pair.cookie}` });
    expect(refused.status).toBe(403);
    expect((await guest.logIn('ada')).body.outcome).toBe('enroll');
  });

  it.each([
    ['half a login', 'acme', 'enroll'],
    ['a whole one', 'anywhere', 'signed-in'],
  ])('takes no token that the visitor had before: %s', async (_which, organizationId, outcome) => {
    const guest = visit(portal);
    const before = await holdVisit(guest);
    const login = await guest.logIn(addPerson(portal, { organizationId }).username);
    expect(login.body.outcome).toBe(outcome);
    const held = { token: before.token, cookie: guest.cookieHeader() };
    expect((await logIn(held)).status).toBe(403);
    const left = await postHeld(portal.app, held, '/mfa/logout');
    expect([left.status, left.body.because]).toEqual([403, 'csrf-token-refused']);
  });
});

describe('the token of a visitor', () => {
  it('opens nothing that needs a session', async () => {
    const { cookie, token } = await plantedPair();
    for (const path of [
      '/mfa/challenge',
      '/mfa/challenge/factor',
      '/mfa/challenge/resend',
      '/mfa/step-up',
      '/mfa/enroll/skip',
      '/mfa/enroll/totp',
      '/mfa/enroll/email/confirm',
      '/mfa/enroll/recovery-codes',
      '/mfa/settings/recovery-codes',
      '/mfa/sessions/end-others',
      '/mfa/unlock/challenge',
    ]) {
      const refused = await request(portal.app)
        .post(path)
        .set({ accept: 'application/json', cookie, 'x-csrf-token': token });
      expect([path, refused.status, refused.body.because]).toEqual([path, 401, 'no-session']);
    }
  });

  it('is not found in a list, nor in a cookie that was not made by us', async () => {
    const { cookie, token } = await plantedPair();
    const { username, password } = addPerson(portal);
    for (const [held, submitted] of [
      [cookie, [token]],
      [cookie, { 0: token }],
      [`mfa-visitor-x=1; mfa-visitor-=; mfa-visitor-${'a'.repeat(8)}=zz`, token],
    ]) {
      const refused = await request(portal.app)
        .post('/mfa/login')
        .set({ accept: 'application/json', cookie: held as string })
        .send({ username, password, _csrf: submitted });
      expect([refused.status, refused.body.because]).toEqual([403, 'csrf-token-refused']);
    }
  });

  it('of a clock that was ahead is given up for a new one', async () => {
    clock.advance(86_400_000);
    const ahead = await plantedPair();
    clock.advance(-86_400_000);
    expect((await logIn(ahead)).status).toBe(403);
    const page = await request(portal.app)
      .get('/mfa/state')
      .set({ accept: 'application/json', cookie: ahead.cookie });
    const [cookie = ''] = String(page.headers['set-cookie']).split(';');
    const both = { token: page.body.csrfToken as string, cookie: `${ahead.cookie}; ${cookie}` };
    expect((await logIn(both)).status).toBe(200);
  });

  it('works in each of two tabs that a browser opened before it had a cookie', async () => {
    const tabs = [await plantedPair(), await plantedPair()];
    const cookie = tabs.map((tab) => tab.cookie).join('; ');
    for (const { token } of tabs) expect((await logIn({ token, cookie })).status).toBe(200);
  });

  it('is the same in further tabs, and is renewed before it gets short', async () => {
    const browser = visit(portal);
    const first = (await browser.getJson('/mfa/state')).body.csrfToken;
    clock.advance(3_599_000);
    expect((await browser.getJson('/mfa/state')).body.csrfToken).toBe(first);
    clock.advance(1000);
    const renewed = (await browser.getJson('/mfa/state')).body.csrfToken;
    expect(renewed).not.toBe(first);
    const cookie = browser.cookieHeader();
    for (const token of [first, renewed]) expect((await logIn({ token, cookie })).status).toBe(200);
  });
});
