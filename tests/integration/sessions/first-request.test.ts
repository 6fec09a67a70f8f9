import type { Express, RequestHandler } from 'express';
import request from 'supertest';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';

// A sign-in of the host is often the first thing that we see: of the process, or after something that the host did without us.

describe.each(expressMajors)('on Express $major, a sign-in of the host', ({ express }) => {
  it('is listed with its password although no other request came before', async () => {
    const { app, mfa } = createLoginHost({ express });
    await request(app).post('/login').type('form').send(CREDENTIALS);
    expect(await mfa.sessionsOf('ada').list()).toMatchObject([{ methods: ['password'] }]);
    await mfa.close();
  });

  it('reports headers of a proxy that the app does not trust', async () => {
    const { app, mfa, errors } = createLoginHost({ express });
    await request(app).post('/login').type('form').send(CREDENTIALS).set('x-forwarded-for', '192.0.2.7');
    expect(errors).toMatchObject([{ message: expect.stringContaining('trust proxy') }]);
    await mfa.close();
  });

  it.each([
    ['username', { ...CREDENTIALS, username: 7 }],
    ['password', { ...CREDENTIALS, password: true }],
  ])('takes no %s that is not a text', async (_field, body) => {
    const { app, mfa, errors } = createLoginHost({
      express,
      login: ({ app: host, passports }) => {
        host.post('/login', passports.authenticate('mfa', { failWithError: true }));
      },
    });
    const refused = await request(app).post('/login').send(body);
    expect(refused.status).toBe(400);
    expect(errors).toHaveLength(1);
    await mfa.close();
  });

  it.each([undefined, null])('works after a log-out without us that leaves %s for the user', async (user) => {
    const { app, mfa } = createLoginHost({
      express,
      login: ({ app: host, passports }) => {
        host.use((req, _res, next) => {
          if (req.user === undefined) Object.assign(req, { user });
          next();
        });
        host.post('/login', passports.authenticate('mfa', { successRedirect: '/home' }));
        host.post('/leave', (req, res) => {
          Reflect.deleteProperty(req.session, 'passport');
          res.end();
        });
      },
    });
    const browser = request.agent(app);
    for (const path of ['/login', '/leave', '/login']) {
      const answer = await browser.post(path).type('form').send(CREDENTIALS);
      expect([path, answer.headers['location']]).toEqual([path, path === '/login' ? '/home' : undefined]);
    }
    await mfa.close();
  });

  it('works over a session that the host began without Passport', async () => {
    const { app, mfa } = createLoginHost({
      express,
      login: ({ app: host, passports, mfa: { recordFirstFactor } }) => {
        host.post('/login', passports.authenticate('mfa', { successRedirect: '/home' }));
        host.post('/link', (req, res, next) => {
          const channel = { channel: 'email', address: 'ada@acme.example' } as const;
          recordFirstFactor(req, channel).then(() => {
            Reflect.set(req.session, 'passport', { user: 'ada' });
            res.end();
          }, next);
        });
      },
    });
    const browser = request.agent(app);
    expect((await browser.post('/link')).status).toBe(200);
    const answer = await browser.post('/login').type('form').send(CREDENTIALS);
    expect([answer.status, answer.headers['location']]).toEqual([302, '/home']);
    await mfa.close();
  });

  it('needs no session where the host keeps none', async () => {
    const tokens = (app: Express, authenticate: RequestHandler) => {
      app.post('/token', (req, _res, next) => {
        // As a middleware for tokens does, and a session that another request kept.
        Object.assign(req, { user: { id: 'ada', username: 'ada' }, session: undefined });
        next();
      });
      app.post('/token', authenticate, (req, res) => res.json({ for: (req.user as { id?: string }).id }));
    };
    const { app, mfa } = createLoginHost({
      express,
      login: ({ app: host, passports }) => tokens(host, passports.authenticate('mfa', { session: false })),
    });
    const answer = await request(app).post('/token').type('form').send(CREDENTIALS);
    expect([answer.status, answer.body]).toEqual([200, { for: 'ada' }]);
    await mfa.close();
  });
});
