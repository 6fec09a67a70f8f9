import { raw, text } from 'express';
import type { RequestHandler } from 'express';
import session from 'express-session';
import request from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { expressMajors } from '../../support/majors';
import { textOf } from '../../support/page-text';
import { PASSWORD } from '../../support/portal';
import { wireApp } from '../../support/wired-app';
import type { Pieces, WiredApp } from '../../support/wired-app';

// The person is told what is wrong, and the developer is told once what to change.

const credentials = { username: 'ada', password: PASSWORD };
const html = { accept: 'text/html' };
const json = { accept: 'application/json' };
const secure = { baseUrl: 'https://shop.example' };
const overTls = { 'x-forwarded-proto': 'https', origin: 'https://shop.example' };

function expectTold({ errors }: WiredApp, ...words: readonly string[]): void {
  expect(errors.map(({ message }) => message)).toHaveLength(1);
  for (const word of words) expect(errors[0]?.message).toContain(word);
}

const mountPages = (app: Parameters<Parameters<typeof wireApp>[1]>[0], { mfa, sessions }: Pieces) => {
  app.use(sessions);
  app.use('/mfa', mfa.pages());
};

/** Opens the sign-in page, as a browser that keeps no cookie sees it. */
async function openForm({ app }: WiredApp, headers: Readonly<Record<string, string>> = {}) {
  const page = await request(app)
    .get('/mfa/login')
    .set({ ...html, ...headers });
  const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const cookie = String(page.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  return { page, token, cookie };
}

function sendForm({ app }: WiredApp, token: string, headers: Readonly<Record<string, string>> = {}) {
  return request(app)
    .post('/mfa/login')
    .type('form')
    .set({ ...html, ...headers })
    .send({ ...credentials, _csrf: token });
}

/** As cookie-session does: the whole session is in the cookie, so that there is no id and nothing to end. */
function inCookie(methods: object): RequestHandler {
  return function keepInCookie(req, _res, next) {
    Object.assign(req, { session: { isNew: true, ...methods } });
    next();
  };
}

describe.each(expressMajors)('on Express $major', ({ express: build }) => {
  describe('a cookie that does not come back', () => {
    it('is named on the sign-in page, with the name kept', async () => {
      const wired = wireApp(build, mountPages);
      for (let visit = 0; visit < 2; visit += 1) {
        const { token } = await openForm(wired);
        const again = await sendForm(wired, token);
        expect([again.status, textOf(again.text)]).toEqual([403, expect.stringContaining('Allow cookies')]);
        expect(again.text).toMatch(/name="username"[^>]*value="ada"/);
        expect(again.text).not.toContain(PASSWORD);
      }
      expectTold(wired, 'POST /mfa/login', '`Set-Cookie`');
    });

    it('is named after the sign-in page of the host, which asks for none', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions, signIn }) => {
          app.use(sessions);
          app.use('/mfa', mfa.pages());
          app.post('/sign-in', ...signIn.submit);
        },
        { options: { loginPath: '/sign-in' } },
      );
      for (let visit = 0; visit < 2; visit += 1) {
        const half = await request(wired.app).post('/sign-in').type('form').send(credentials);
        const lost = await request(wired.app)
          .get(half.headers['location'] ?? '')
          .set(html);
        expect([lost.status, textOf(lost.text)]).toEqual([401, expect.stringContaining('Allow cookies')]);
        expect(lost.text).toContain('href="/sign-in?returnTo=%2Fmfa%2Fenroll"');
      }
      expectTold(wired, 'session cookie', '`domain`', '`path`');
    });

    it('is named before a guarded page of the host', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions, signIn }) => {
          app.use(sessions);
          app.use('/mfa', mfa.pages());
          app.post('/sign-in', ...signIn.submit);
          app.use(mfa.guard());
        },
        { options: { loginPath: '/sign-in', defaultPolicy: { enabled: false } } },
      );
      await request(wired.app).post('/sign-in').type('form').send(credentials);
      const lost = await request(wired.app).get('/').set(html);
      expect([lost.status, textOf(lost.text)]).toEqual([401, expect.stringContaining('Allow cookies')]);
      const later = await request(wired.app).get('/other').set(html);
      expect(later.headers['location']).toBe('/sign-in?returnTo=%2Fother');
      wired.clock.advance(30_000);
      expect((await request(wired.app).get('/').set(html)).status).toBe(303);
      expectTold(wired, 'session cookie');
    });

    it('is named to a client that speaks JSON', async () => {
      const wired = wireApp(build, mountPages);
      const state = await request(wired.app).get('/mfa/state').set(json);
      const refused = await request(wired.app)
        .post('/mfa/login')
        .set({ ...json, 'x-csrf-token': state.body.csrfToken })
        .send(credentials);
      expect(refused.body).toEqual({
        outcome: 'rejected',
        because: 'csrf-token-refused',
        message: expect.stringContaining('Allow cookies'),
      });
      expectTold(wired, '`Set-Cookie`');
    });

    it('is named after the password to a client that speaks JSON', async () => {
      const wired = wireApp(build, mountPages);
      const state = await request(wired.app).get('/mfa/state').set(json);
      const [cookie = ''] = String(state.headers['set-cookie']).split(';');
      const send = (headers: Readonly<Record<string, string>>) =>
        request(wired.app)
          .post('/mfa/enroll/totp')
          .set({ ...json, ...headers });
      const guessed = { 'x-csrf-token': 'a'.repeat(64) };
      expect((await send(guessed)).body.message).toContain('You signed in or out');
      const half = await request(wired.app)
        .post('/mfa/login')
        .set({ ...json, cookie, 'x-csrf-token': state.body.csrfToken })
        .send(credentials);
      const ofSession = { 'x-csrf-token': half.body.csrfToken as string };
      expect((await send({ ...ofSession, cookie: 'theme=dark' })).body.message).toContain('signed in or out');
      expect((await send(ofSession)).body.message).toContain('Allow cookies');
      expectTold(wired, 'POST /mfa/enroll/totp', '`Set-Cookie`');
    });

    it('is named over TLS, too', async () => {
      const wired = wireApp(
        build,
        (app, pieces) => {
          app.set('trust proxy', 1);
          mountPages(app, pieces);
        },
        { options: secure },
      );
      const { token } = await openForm(wired, overTls);
      expect(textOf((await sendForm(wired, token, overTls)).text)).toContain('Allow cookies');
      expectTold(wired, '`Set-Cookie`');
    });

    it('is not set by an answer that is under way', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions);
        app.get('/late', (req, res) => {
          res.write('<p>');
          res.end(mfa.csrfToken(req));
        });
      });
      const late = await request(wired.app).get('/late');
      expect([late.status, late.text]).toEqual([200, expect.stringMatching(/^<p>[0-9a-f]{64}$/)]);
    });

    it('is not blamed where other cookies come back: somebody signed in meanwhile', async () => {
      const wired = wireApp(build, mountPages);
      const { token } = await openForm(wired);
      const again = await sendForm(wired, token, { cookie: 'theme=dark' });
      expect(textOf(again.text)).toContain('This page was out of date');
      expect(wired.errors).toEqual([]);
    });

    it('is not looked for once it came back', async () => {
      const wired = wireApp(build, (app, pieces) => {
        mountPages(app, pieces);
        app.use(pieces.mfa.guard());
      });
      const browser = createHttpAgent(wired.app);
      await browser.get('/mfa/login');
      await browser.follow(await browser.post('/mfa/login', credentials));
      const stranger = await request(wired.app).get('/mfa/enroll').set(html);
      expect(stranger.headers['location']).toContain('/mfa/login');
      expect(wired.errors).toEqual([]);
    });
  });

  describe('https behind a proxy', () => {
    it('without `trust proxy` is named at the sign-in, before a password is tried', async () => {
      const wired = wireApp(build, mountPages, { options: secure });
      for (let visit = 0; visit < 2; visit += 1) {
        const { token, cookie } = await openForm(wired, overTls);
        expect(cookie).toMatch(/^__Host-mfa-visitor-/);
        const refused = await sendForm(wired, token, { ...overTls, cookie });
        expect([refused.status, textOf(refused.text)]).toEqual([
          403,
          expect.stringContaining('The fault is on our side'),
        ]);
      }
      expectTold(wired, "app.set('trust proxy', 1)");
    });

    it('without `trust proxy` is named at the sign-in page of the host', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions, signIn }) => {
          app.use(sessions);
          app.use('/mfa', mfa.pages());
          app.post('/sign-in', ...signIn.submit);
        },
        { options: secure },
      );
      for (let visit = 0; visit < 2; visit += 1) {
        const refused = await request(wired.app).post('/sign-in').type('form').set(overTls).send(credentials);
        expect([refused.status, refused.text]).toEqual([
          403,
          expect.stringContaining('The fault is on our side'),
        ]);
      }
      expectTold(wired, "app.set('trust proxy', 1)");
    });

    it('without `trust proxy` is named where the session middleware is the host’s', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, passport, signIn }) => {
          const cookie = { secure: true };
          app.use(session({ secret: 'x', resave: false, saveUninitialized: false, cookie }));
          app.use(passport.initialize(), passport.session());
          app.use('/mfa', mfa.pages());
          app.post('/sign-in', ...signIn.submit);
        },
        { options: secure },
      );
      const half = await request(wired.app).post('/sign-in').type('form').set(overTls).send(credentials);
      const lost = await request(wired.app)
        .get(half.headers['location'] ?? '')
        .set({ ...html, 'x-forwarded-proto': 'https' });
      expect([lost.status, textOf(lost.text)]).toEqual([
        401,
        expect.stringContaining('The fault is on our side'),
      ]);
      expectTold(wired, "app.set('trust proxy', 1)");
    });

    it.each([
      ['with `trust proxy`', 1, {}],
      ['with the option `proxy` of the host’s session middleware', undefined, { proxy: true }],
    ])('%s works', async (_how, trusted, hostOptions) => {
      const wired = wireApp(
        build,
        (app, pieces) => {
          const { mfa, passport } = pieces;
          app.set('trust proxy', trusted);
          const own = session({
            secret: 'x',
            resave: false,
            saveUninitialized: false,
            cookie: { secure: true },
            ...hostOptions,
          });
          app.use(trusted === undefined ? own : (pieces.sessions[0] as RequestHandler));
          app.use(passport.initialize(), passport.session());
          app.use('/mfa', mfa.pages());
        },
        { options: secure },
      );
      const { token, cookie } = await openForm(wired, overTls);
      const half = await sendForm(wired, token, { ...overTls, cookie });
      expect([half.status, half.headers['location']]).toEqual([303, '/mfa/enroll']);
      // Addresses are the proxy's still, which is told once, too.
      if (trusted === undefined) expectTold(wired, 'every visitor has the address of the proxy');
      else expect(wired.errors).toEqual([]);
    });

    it('that `trust proxy` does not mean is named', async () => {
      const wired = wireApp(
        build,
        (app, pieces) => {
          app.set('trust proxy', '192.0.2.1');
          mountPages(app, pieces);
        },
        { options: secure },
      );
      const { token, cookie } = await openForm(wired, overTls);
      expect((await sendForm(wired, token, { ...overTls, cookie })).status).toBe(403);
      expectTold(wired, 'Express does not trust it', "app.set('trust proxy', 1)");
    });

    it('that does not tell the app about TLS is named', async () => {
      const wired = wireApp(build, mountPages, { options: secure });
      const { token } = await openForm(wired);
      const refused = await sendForm(wired, token, { origin: 'https://shop.example' });
      expect([refused.status, textOf(refused.text)]).toEqual([
        403,
        expect.stringContaining('fault is on our side'),
      ]);
      expectTold(wired, 'without telling the app', '`X-Forwarded-Proto: https`', "app.set('trust proxy', 1)");
    });
  });

  it('a `Secure` cookie of the host’s over plain http is named', async () => {
    const wired = wireApp(build, (app, { mfa, passport }) => {
      app.use(session({ secret: 'x', resave: false, saveUninitialized: false, cookie: { secure: true } }));
      app.use(passport.initialize(), passport.session());
      app.use('/mfa', mfa.pages());
    });
    for (const headers of [{}, { origin: 'http://localhost' }]) {
      const { token, cookie } = await openForm(wired);
      const refused = await sendForm(wired, token, { ...headers, cookie });
      expect([refused.status, textOf(refused.text)]).toEqual([
        403,
        expect.stringContaining('fault is on our side'),
      ]);
    }
    expectTold(wired, '`cookie: { secure: false }`', '`baseUrl` is http://localhost');
  });

  it('a `Secure` cookie of the host’s over plain http is named at a form of the host, too', async () => {
    const wired = wireApp(build, (app, { mfa }) => {
      app.use(session({ secret: 'x', resave: false, saveUninitialized: false, cookie: { secure: true } }));
      app.get('/join', (req, res) => void res.send(`name="_csrf" value="${mfa.csrfToken(req)}"`));
      app.post(
        '/join',
        build.urlencoded({ extended: false }),
        mfa.requireCsrfToken(),
        (_req, res) => void res.send('done'),
      );
    });
    const form = await request(wired.app).get('/join');
    const token = /value="([^"]+)"/.exec(form.text)?.[1] ?? '';
    const cookie = String(form.headers['set-cookie']).split(';')[0] ?? '';
    const refused = await request(wired.app)
      .post('/join')
      .type('form')
      .set({ cookie })
      .send({ _csrf: token });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('fault is on our side')]);
    expectTold(wired, '`cookie: { secure: false }`');
  });

  it('http in place of https is named, with the way to the right address', async () => {
    const wired = wireApp(build, mountPages, { options: secure });
    for (const headers of [{}, { origin: 'http://shop.example', host: 'shop.example' }]) {
      const { token, cookie } = await openForm(wired);
      expect(cookie).toBe('');
      const refused = await sendForm(wired, token, headers);
      expect([refused.status, textOf(refused.text)]).toEqual([403, expect.stringContaining('over https')]);
      expect(refused.text).toContain('href="https://shop.example/mfa/login"');
    }
    expectTold(wired, '`baseUrl` is https://shop.example', 'plain http');
  });

  it('another address than `baseUrl` is named, with the way to the right one', async () => {
    const wired = wireApp(build, mountPages);
    for (const headers of [
      { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' },
      { origin: 'http://shop.internal', 'sec-fetch-site': 'same-origin' },
      { origin: 'http://www.localhost', 'x-forwarded-host': 'www.localhost' },
    ]) {
      const { token, cookie } = await openForm(wired);
      const refused = await sendForm(wired, token, { ...headers, cookie });
      expect([refused.status, textOf(refused.text)]).toEqual([403, expect.stringContaining('isn’t its own')]);
      expect(refused.text).toContain('href="http://localhost/mfa/login"');
    }
    expect(
      wired.errors.filter(({ message }) => message.includes('`baseUrl` is http://localhost')),
    ).toHaveLength(1);
  });

  it('another address over TLS is not taken for plain http', async () => {
    const wired = wireApp(
      build,
      (app, pieces) => {
        app.set('trust proxy', 1);
        mountPages(app, pieces);
      },
      { options: secure },
    );
    const { token, cookie } = await openForm(wired, overTls);
    const headers = { ...overTls, origin: 'https://www.shop.example', host: 'www.shop.example', cookie };
    expect(textOf((await sendForm(wired, token, headers)).text)).toContain('isn’t its own');
    expectTold(wired, 'https://www.shop.example', '`baseUrl` is https://shop.example');
  });

  describe('a body that the pages cannot read', () => {
    const drain: RequestHandler = (req, _res, next) => {
      req.resume().on('end', next);
    };
    it.each([
      ['as text', text({ type: '*/*' })],
      ['as bytes', raw({ type: '*/*' })],
      ['and left nothing of it', drain],
    ])('since another parser read it %s, is named', async (_how, parser) => {
      const wired = wireApp(build, (app, pieces) => {
        app.use(parser);
        mountPages(app, pieces);
      });
      for (let visit = 0; visit < 2; visit += 1) {
        const { token, cookie } = await openForm(wired);
        const refused = await sendForm(wired, token, { cookie });
        expect([refused.status, textOf(refused.text)]).toEqual([
          403,
          expect.stringContaining('couldn’t read'),
        ]);
      }
      expectTold(wired, 'POST /mfa/login', 'another parser', 'mfa.pages()');
    });

    it.each([
      ['text/plain', 'username=ada'],
      ['multipart/form-data; boundary=x', '--x--'],
      ['application/xml', '<login/>'],
    ])('since it is %s, is named', async (type, body) => {
      const wired = wireApp(build, mountPages);
      const { cookie } = await openForm(wired);
      const refused = await request(wired.app)
        .post('/mfa/login')
        .set({ ...json, cookie, 'content-type': type })
        .send(body);
      expect(refused.body).toMatchObject({
        because: 'csrf-token-refused',
        message: expect.stringContaining('read'),
      });
      expectTold(wired, type.split(';')[0] ?? '', '`x-csrf-token`');
    });

    it.each([
      ['has no parser for a form', 'form', [], 'express.urlencoded'],
      ['has no parser for JSON', 'json', [], 'express.json'],
      ['has a parser that leaves no fields', 'form', [text({ type: '*/*' })], 'another parser'],
    ])('since a route of the host %s, is named', async (_how, type, parsers, advice) => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions);
        app.post('/form', ...parsers, mfa.requireCsrfToken(), (_req, res) => void res.send('done'));
      });
      const refused = await request(wired.app).post('/form').type(type).set(html).send({ name: 'Ada' });
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('couldn’t read')]);
      expectTold(wired, 'POST /form', advice, 'mfa.');
    });

    it('by a parser of the host that understood it is no fault', async () => {
      const wired = wireApp(build, (app, pieces) => {
        app.use(build.urlencoded({ extended: true }), build.json());
        mountPages(app, pieces);
      });
      const { token, cookie } = await openForm(wired);
      expect((await sendForm(wired, token, { cookie })).status).toBe(303);
      expect(wired.errors).toEqual([]);
    });
  });

  describe('a missing token', () => {
    it.each([
      ['JSON without the header x-csrf-token', 'application/json', '{"username":"ada","password":"x"}'],
      ['JSON that is empty', 'application/json', '{}'],
      ['a form without the field', 'application/x-www-form-urlencoded', 'username=ada'],
      ['nothing at all', 'application/json', ''],
    ])('is named: %s', async (_what, type, body) => {
      const wired = wireApp(build, mountPages);
      const { cookie } = await openForm(wired);
      for (let visit = 0; visit < 2; visit += 1) {
        const refused = await request(wired.app)
          .post('/mfa/login')
          .set({ ...json, cookie, 'content-type': type })
          .send(body);
        expect([refused.status, refused.body.message]).toEqual([
          403,
          expect.stringContaining('page’s token'),
        ]);
      }
      expectTold(wired, '`x-csrf-token`', 'GET /mfa/state', '`_csrf`');
    });

    it('is named to somebody who is signed in, too', async () => {
      const wired = wireApp(build, mountPages);
      const browser = createHttpAgent(wired.app);
      await browser.get('/mfa/login');
      await browser.post('/mfa/login', credentials);
      const refused = await browser.postJson('/mfa/enroll/totp', {}, { 'x-csrf-token': '' });
      expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('page’s token')]);
      expectTold(wired, 'POST /mfa/enroll/totp', '`x-csrf-token`');
    });
  });

  it('a form of another site is refused in other words, and is no matter for the log', async () => {
    const wired = wireApp(build, mountPages);
    const { token, cookie } = await openForm(wired);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ]) {
      const refused = await sendForm(wired, token, { ...headers, cookie });
      expect([refused.status, textOf(refused.text)]).toEqual([403, expect.stringContaining('another site')]);
      expect(refused.text).not.toContain('value="ada"');
    }
    expect(wired.errors).toEqual([]);
  });

  it('a form of another site is refused behind a CSRF middleware of the host, too', async () => {
    const wired = wireApp(build, mountPages, { options: { csrf: { token: () => 'of the host' } } });
    const { token, cookie } = await openForm(wired);
    expect([token, cookie]).toEqual(['of the host', '']);
    const refused = await sendForm(wired, token, { 'sec-fetch-site': 'cross-site' });
    expect([refused.status, textOf(refused.text)]).toEqual([403, expect.stringContaining('another site')]);
    expect((await sendForm(wired, token, { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
  });

  it.each([
    ['a session in a cookie, as of cookie-session,', () => inCookie({})],
    [
      'a session in a cookie with what Passport needs of it',
      () => inCookie({ regenerate: (done: () => void) => done(), save: (done: () => void) => done() }),
    ],
  ])('%s in place of express-session is named at once', async (_name, create) => {
    const wired = wireApp(
      build,
      (app, { mfa, passport, signIn }) => {
        app.use(create(), passport.initialize(), passport.session());
        app.use('/mfa', mfa.pages());
        app.post('/sign-in', ...signIn.submit);
        app.use(mfa.guard());
      },
      { options: { defaultPolicy: { enabled: false } } },
    );
    for (const path of ['/mfa/login', '/']) {
      const failed = await request(wired.app).get(path).set(html);
      expect([path, failed.status]).toEqual([path, 500]);
      expect(failed.text).not.toContain('undefined');
    }
    const failed = await request(wired.app).post('/sign-in').type('form').send(credentials);
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('express-session')]);
    expectTold(wired, 'cookie-session', 'mfa.sessions()');
  });

  describe('a user table', () => {
    const table = (findById: (id: string) => unknown) => ({
      users: { findById: findById as () => undefined },
    });
    const rows = [{ id: 7, username: 'ada', email: 'ada@acme.example' }];

    it('that compares numbers with the text it gets is named at the first sign-in', async () => {
      const wired = wireApp(build, mountPages, {
        user: rows[0] as (typeof rows)[number],
        options: table((id) => rows.find((user) => (user.id as unknown) === id)),
      });
      for (let visit = 0; visit < 2; visit += 1) {
        const browser = createHttpAgent(wired.app);
        await browser.get('/mfa/login');
        const failed = await browser.post('/mfa/login', credentials);
        expect([failed.status, textOf(failed.text)]).toEqual([
          503,
          expect.stringContaining('fault is on our side'),
        ]);
      }
      expectTold(wired, 'users.findById does not find the user', 'String(user.id) === id');
    });

    it('that finds nobody lets people in as before where the policy is off, and is named', async () => {
      const wired = wireApp(build, mountPages, {
        options: { ...table(() => undefined), defaultPolicy: { enabled: false } },
      });
      const browser = createHttpAgent(wired.app);
      await browser.get('/mfa/login');
      expect((await browser.post('/mfa/login', credentials)).headers['location']).toBe('/');
      expectTold(wired, 'users.findById does not find the user', 'String(user.id) === id');
    });

    it.each([true, false])(
      'that answers with somebody else lets nobody in, with the policy on: %s',
      async (enabled) => {
        const wired = wireApp(build, mountPages, {
          options: {
            ...table(() => ({ id: 'bob', username: 'bob' })),
            defaultPolicy: { enabled, enrollment: 'required' },
          },
        });
        const browser = createHttpAgent(wired.app);
        await browser.get('/mfa/login');
        for (let visit = 0; visit < 2; visit += 1) {
          expect((await browser.post('/mfa/login', credentials)).status).toBe(503);
        }
        expect(browser.cookie('session')).toBeUndefined();
        expectTold(wired, 'another user than the requested one');
      },
    );

    it('with numbers that are compared as text works', async () => {
      const wired = wireApp(build, mountPages, {
        user: rows[0] as (typeof rows)[number],
        options: table((id) => rows.find((user) => String(user.id) === id)),
      });
      const browser = createHttpAgent(wired.app);
      await browser.get('/mfa/login');
      const wizard = await browser.follow(await browser.post('/mfa/login', credentials));
      expect(textOf(wizard.text)).toContain('Protect your account');
      expect(wired.errors).toEqual([]);
    });
  });
});
