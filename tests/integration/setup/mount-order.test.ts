import type { RequestHandler } from 'express';
import type { Strategy } from 'passport';
import request from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { expressMajors } from '../../support/majors';
import { textOf } from '../../support/page-text';
import { PASSWORD } from '../../support/portal';
import { wireApp } from '../../support/wired-app';
import type { WiredApp } from '../../support/wired-app';

const credentials = { username: 'ada', password: PASSWORD };
const home: RequestHandler = (_req, res) => void res.send('home');

/** What the developer was told, and that it was said once. */
function expectTold({ errors }: WiredApp, ...words: readonly string[]): void {
  expect(errors).toHaveLength(1);
  for (const word of words) expect(errors[0]?.message).toContain(word);
}

/** Goes where redirects lead, as a browser does, and fails on a circle. */
async function open({ app }: WiredApp, path = '/') {
  const browser = createHttpAgent(app);
  return browser.follow(await browser.get(path));
}

describe.each(expressMajors)('on Express $major', ({ express: build }) => {
  describe('a guard', () => {
    it('above the sign-in page of the host lets that page through, and says so', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions, signIn }) => {
          app.use(sessions);
          app.use('/mfa', mfa.pages());
          app.use(mfa.guard());
          app.get('/sign-in', signIn.show).post('/sign-in', ...signIn.submit);
          app.get('/', home).get('/sign-in/secret', home);
        },
        { options: { loginPath: '/sign-in?from=app' } },
      );
      for (let visit = 0; visit < 2; visit += 1) {
        expect((await open(wired)).text).toContain('The sign-in page of the host');
      }
      const half = await request(wired.app).post('/sign-in').type('form').send(credentials);
      expect(half.headers['location']).toBe('/mfa/enroll');
      const below = await request(wired.app).get('/sign-in/secret').set('accept', 'text/html');
      expect(below.headers['location']).toContain('/sign-in?from=app');
      expectTold(wired, 'mfa.guard() is mounted above `loginPath`', 'above mfa.guard()');
    });

    it.each(['guard', 'step-up'] as const)(
      'above the pages lets their routes through and nothing else, and says so: %s',
      async (kind) => {
        const wired = wireApp(build, (app, { mfa, sessions }) => {
          app.use(sessions);
          app.use(kind === 'guard' ? mfa.guard() : mfa.requireStepUp({ maxAgeSeconds: 300 }));
          app.get('/mfa/export', home).get('/mfanything', home).get('/', home);
          app.use('/mfa', mfa.pages());
        });
        const page = await open(wired);
        expect([page.status, textOf(page.text)]).toEqual([200, expect.stringContaining('Password')]);
        const browser = createHttpAgent(wired.app);
        await browser.get('/mfa/login');
        const wizard = await browser.follow(await browser.post('/mfa/login', credentials));
        expect(textOf(wizard.text)).toContain('Protect your account');
        const style = /href="(\/mfa\/assets[^"]+)"/.exec(page.text)?.[1] ?? '';
        expect((await request(wired.app).get(style)).status).toBe(200);
        for (const path of ['/mfa/export', '/mfanything', '/mfa/']) {
          const refused = await request(wired.app).get(path).set('accept', 'application/json');
          expect([path, refused.status]).toEqual([path, 401]);
        }
        expectTold(wired, 'mfa.guard() is mounted above mfa.pages()', "app.use('/mfa', mfa.pages())");
      },
    );

    it('above Passport fails at once', async () => {
      const wired = wireApp(build, (app, { mfa, passport, sessions }) => {
        app.use(sessions[0] as RequestHandler);
        app.post('/sso', passport.initialize(), (req, res, next) => {
          req.logIn({ id: 'ada' }, (error) => (error ? next(error) : res.send('in')));
        });
        app.use('/mfa', passport.initialize(), passport.session(), mfa.pages());
        app.use(mfa.guard(), passport.initialize(), passport.session());
        app.get('/', home);
      });
      const browser = createHttpAgent(wired.app);
      await browser.post('/sso', { _csrf: 'none' });
      for (let visit = 0; visit < 2; visit += 1) {
        const failed = await browser.get('/');
        expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('passport.session()')]);
      }
      expectTold(wired, 'app.use(mfa.sessions(), passport.initialize(), passport.session())');
    });

    it('below passport.initialize() without passport.session() fails at once', async () => {
      const wired = wireApp(build, (app, { mfa, passport, sessions }) => {
        app.use(sessions[0] as RequestHandler, passport.initialize());
        app.post('/sso', (req, res, next) => {
          req.logIn({ id: 'ada' }, (error) => (error ? next(error) : res.send('in')));
        });
        app.use('/mfa', mfa.pages());
        app.use(mfa.guard());
        app.get('/', home);
      });
      const browser = createHttpAgent(wired.app);
      await browser.post('/sso', { _csrf: 'none' });
      expect((await browser.get('/')).status).toBe(500);
      expect((await browser.get('/mfa/settings')).status).toBe(500);
      expectTold(wired, 'passport.session() is missing');
    });

    it('says so where Passport keeps the user under another name', async () => {
      const wired = wireApp(build, (app, { mfa, passport, sessions }) => {
        const named = passport.initialize({ userProperty: 'account' });
        app.use(sessions[0] as RequestHandler, named, passport.session());
        app.post('/sso', (req, res, next) => {
          req.logIn({ id: 'ada' }, (error) => (error ? next(error) : res.send('in')));
        });
        app.use('/mfa', mfa.pages());
        app.use(mfa.guard());
        app.get('/', home);
      });
      const browser = createHttpAgent(wired.app);
      await browser.post('/sso', { _csrf: 'none' });
      expect((await browser.get('/')).status).toBe(500);
      expectTold(wired, 'req.account', '`userProperty`');
    });

    it('takes a host at its word that takes the user away', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions);
        app.post('/sso', (req, res, next) => {
          req.logIn({ id: 'ada' }, (error) => (error ? next(error) : res.send('in')));
        });
        app.use((req, _res, next) => {
          Object.assign(req, { user: undefined });
          next();
        });
        app.use('/mfa', mfa.pages());
        app.use(mfa.guard());
        app.get('/', home);
      });
      const browser = createHttpAgent(wired.app);
      await browser.post('/sso', { _csrf: 'none' });
      expect((await browser.get('/')).headers['location']).toBe('/mfa/login?returnTo=%2F');
      expect(wired.errors).toEqual([]);
    });
  });

  describe('pages', () => {
    it('above Passport fail at once', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions[0] as RequestHandler);
        app.use('/mfa', mfa.pages());
        app.use(sessions.slice(1), mfa.guard());
        app.get('/', home);
      });
      for (let visit = 0; visit < 2; visit += 1) {
        const page = await open(wired);
        expect([page.status, textOf(page.text)]).toEqual([
          500,
          expect.stringContaining('isn’t set up right'),
        ]);
        expect(page.text).not.toContain('passport');
      }
      expectTold(wired, 'mfa.pages() is mounted above Passport');
    });

    it('that are not mounted are missed at the first request that needs them', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions, mfa.guard());
        app.get('/', home);
      });
      for (const path of ['/', '/mfa/login', '/']) {
        const failed = await request(wired.app).get(path).set('accept', 'text/html');
        expect([failed.status, failed.text]).toEqual([
          500,
          expect.stringContaining('mfa.pages() is not mounted'),
        ]);
      }
      expectTold(wired, "app.use('/mfa', mfa.pages())");
    });

    it('that are not mounted are missed by a sign-in page of the host', async () => {
      const wired = wireApp(
        build,
        (app, { sessions, signIn }) => {
          app.use(sessions);
          app.post('/sign-in', ...signIn.submit);
        },
        { options: { loginPath: '/sign-in' } },
      );
      const failed = await request(wired.app).post('/sign-in').type('form').send(credentials);
      expect([failed.status, failed.text]).toEqual([
        500,
        expect.stringContaining('mfa.pages() is not mounted'),
      ]);
      expectTold(wired, "app.use('/mfa', mfa.pages())");
    });

    it.each([
      ['at another path', '/auth', '/mfa'],
      ['at a longer path', '/portal/mfa', '/mfa'],
      ['without a path', '/', '/mfa'],
      ['at the default path, where another was named', '/mfa', '/account/security'],
    ])('mounted %s are missed at the first request that needs them', async (_where, path, pagesPath) => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions }) => {
          app.use(sessions);
          if (path !== '/') app.use(path, mfa.pages());
          app.use(mfa.guard());
          app.get('/', home);
          if (path === '/') app.use(mfa.pages());
        },
        { options: { pagesPath } },
      );
      for (let visit = 0; visit < 2; visit += 1) {
        const failed = await request(wired.app).get('/').set('accept', 'text/html');
        expect([failed.status, failed.text]).toEqual([500, expect.stringContaining(`(${pagesPath})`)]);
      }
      const page = await request(wired.app).get(`${pagesPath}/login`).set('accept', 'text/html');
      expect([page.status, page.text]).toEqual([500, expect.stringContaining(`(${pagesPath})`)]);
      expectTold(wired, '`pagesPath`', `app.use('${pagesPath}', mfa.pages())`);
    });

    it('opened at another path than their links lead to say so', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        app.use(sessions);
        app.use('/auth', mfa.pages());
      });
      for (let visit = 0; visit < 2; visit += 1) {
        const failed = await request(wired.app).get('/auth/login').set('accept', 'text/html');
        expect([failed.status, textOf(failed.text)]).toEqual([
          500,
          expect.stringContaining('isn’t set up right'),
        ]);
      }
      expectTold(wired, 'mounted at /auth', '`pagesPath` is /mfa');
    });

    it.each([
      ['in a router', '/mfa', '/'],
      ['in a router below a path', '/account/mfa', '/account'],
      ['in an app below a path', '/account/mfa', '/account'],
      ['behind a proxy that strips the first part of the path', '/portal/mfa', '/'],
    ])('mounted %s are found', async (where, pagesPath, below) => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions }) => {
          const inner = where.includes('an app') ? build() : build.Router();
          inner.use('/mfa', mfa.pages());
          app.use(sessions);
          app.use(below, inner);
          app.use(mfa.guard());
          app.get('/', home);
        },
        { options: { pagesPath } },
      );
      const sent = await request(wired.app).get('/').set('accept', 'text/html');
      expect(sent.headers['location']).toBe(`${pagesPath}/login?returnTo=%2F`);
      const at = pagesPath.replace('/portal', '');
      expect((await request(wired.app).get(`${at}/login`).set('accept', 'text/html')).status).toBe(200);
      expect((await request(wired.app).get(`${at.toUpperCase()}/login`)).status).toBe(200);
      expect(wired.errors).toEqual([]);
    });

    it('are found from an app that is mounted in the one that has them', async () => {
      const wired = wireApp(build, (app, { mfa, sessions }) => {
        const inner = build();
        inner.use(mfa.guard());
        inner.get('/', home);
        app.use(sessions);
        app.use('/mfa', mfa.pages());
        app.use('/portal', inner);
      });
      const sent = await request(wired.app).get('/portal').set('accept', 'text/html');
      expect(sent.headers['location']).toContain('/mfa/login');
      expect(wired.errors).toEqual([]);
    });

    it('of administrators at another path than `adminPath` say so', async () => {
      const wired = wireApp(
        build,
        (app, { mfa, sessions }) => {
          app.use(sessions);
          app.use('/mfa', mfa.pages());
          app.use('/staff', mfa.adminPages({ organizationsOf: () => [] }));
        },
        {
          options: {
            users: { findById: () => undefined, list: async () => ({ users: [] }), count: async () => 0 },
          },
        },
      );
      const failed = await request(wired.app).get('/staff').set('accept', 'text/html');
      expect(failed.status).toBe(500);
      expectTold(wired, 'mfa.adminPages()', '`adminPath` is /admin/mfa');
    });
  });

  it('a sign-in page without a strategy says so, and calls no password wrong', async () => {
    const wired = wireApp(
      build,
      (app, { mfa, sessions }) => {
        app.use(sessions);
        app.use('/mfa', mfa.pages());
      },
      { strategy: false },
    );
    const browser = createHttpAgent(wired.app);
    for (let visit = 0; visit < 2; visit += 1) {
      await browser.get('/mfa/login');
      const failed = await browser.post('/mfa/login', credentials);
      expect([failed.status, textOf(failed.text)]).toEqual([
        500,
        expect.stringContaining('isn’t set up right'),
      ]);
    }
    expectTold(wired, 'passport.use(mfa.strategy(');
  });

  it('an API for passwords without a strategy says so, and calls no password wrong', async () => {
    const wired = wireApp(
      build,
      (app, { mfa }) => {
        app.use('/api', mfa.passwordApi(), home);
      },
      { strategy: false },
    );
    const failed = await request(wired.app).get('/api').auth('ada', PASSWORD);
    expect([failed.status, failed.headers['www-authenticate']]).toEqual([500, undefined]);
    expectTold(wired, 'passport.use(mfa.strategy(');
  });

  describe('passed without being called', () => {
    it.each([
      'sessions',
      'pages',
      'adminPages',
      'guard',
      'requireStepUp',
      'passwordApi',
      'requireCsrfToken',
      'strategy',
      'csrfToken',
      'describeSession',
      'startOnboarding',
      'noteFirstFactor',
    ] as const)('mfa.%s fails at the first request', async (name) => {
      const wired = wireApp(build, (app, { mfa }) => {
        app.use(mfa[name] as unknown as RequestHandler);
        app.get('/', home);
      });
      for (let visit = 0; visit < 2; visit += 1) {
        const failed = await request(wired.app).get('/');
        expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('without being called')]);
      }
      expectTold(wired, `mfa.${name}`, `mfa.${name}(`);
    });

    it('mfa.strategy fails at the first sign-in', async () => {
      const wired = wireApp(build, (app, { mfa, sessions, passport, signIn }) => {
        passport.use(mfa.strategy as unknown as Strategy);
        app.use(sessions);
        app.post('/sign-in', ...signIn.submit);
      });
      const failed = await request(wired.app).post('/sign-in').type('form').send(credentials);
      expect([failed.status, failed.text]).toEqual([
        500,
        expect.stringContaining('passport.use(mfa.strategy('),
      ]);
      expectTold(wired, 'mfa.strategy');
    });
  });
});
