import express from 'express';
import passport from 'passport';
import request from 'supertest';
import { visit } from '../../support/member';
import { createPortal, PASSWORD, type Portal } from '../../support/portal';

let portal: Portal;

beforeEach(() => {
  portal = createPortal();
});

afterEach(() => portal.mfa.close());

describe('a second strategy', () => {
  it('judges its own sign-ins and leaves those of the pages to the first', async () => {
    const own = new passport.Passport();
    own.use(
      portal.mfa.strategy(async (_username, password) => password === 'token' && portal.users.get('ada')),
    );
    const api = express();
    api.use(portal.mfa.sessions({ cookieName: 'api' }), express.json());
    api.post('/token', own.authenticate('mfa', { session: false }), (_req, res) => {
      res.json({ granted: true });
    });
    const ask = async (password: string) =>
      (await request(api).post('/token').send({ username: 'ada', password })).status;
    expect([await ask('token'), await ask(PASSWORD)]).toEqual([200, 401]);
    expect((await visit(portal).logIn('ada', 'token')).status).toBe(401);
    expect((await visit(portal).logIn('ada', PASSWORD)).status).toBe(200);
  });
});

describe('a second session middleware', () => {
  it('does not change which cookie signing out clears', async () => {
    portal.mfa.sessions({ cookieName: 'another' });
    const guest = visit(portal);
    await guest.logIn('ada', PASSWORD);
    const cookies = String((await guest.postJson('/mfa/logout', {})).headers['set-cookie']);
    expect(cookies).toMatch(/session=;/);
    expect(cookies).not.toContain('another');
  });
});
