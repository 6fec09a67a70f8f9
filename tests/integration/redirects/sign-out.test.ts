import type { Response } from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, PASSWORD } from '../../support/portal';
import { openRedisStores } from '../../support/store-kinds';

/** The names of the cookies that an answer sets, and of those that it ends. */
function cookiesOf({ headers }: Response): {
  readonly set: readonly string[];
  readonly ended: readonly string[];
} {
  const cookies = (headers['set-cookie'] ?? []) as unknown as readonly string[];
  const nameOf = (cookie: string) => cookie.split('=')[0] ?? '';
  return {
    set: cookies.map(nameOf),
    ended: cookies.filter((cookie) => cookie.includes('Expires=Thu, 01 Jan 1970')).map(nameOf),
  };
}

describe('a sign-out on our pages', () => {
  const { redis, records, state, close } = openRedisStores();
  const portal = createPortal({ records, state });
  afterAll(async () => {
    await portal.mfa.close();
    await close();
  });

  it.each([{ accept: 'text/html' }, { accept: 'application/json' }])(
    'ends the session cookie once, and leaves no session behind: %j',
    async (headers) => {
      const ada = visit(portal);
      await ada.logIn('ada');
      expect(await redis.keys('*session:*')).not.toEqual([]);
      const out = await ada.post('/mfa/logout', {}, headers);
      const { set, ended } = cookiesOf(out);
      expect(set.filter((name) => name === 'session')).toEqual(['session']);
      expect(ended).toContain('session');
      expect(await redis.keys('mfa:session:*')).toEqual([]);
      expect(await portal.mfa.sessionsOf('ada').list()).toEqual([]);
    },
  );

  it('leads to the sign-in page, which works', async () => {
    const ada = visit(portal);
    await ada.logIn('ada');
    const page = await ada.follow(await ada.post('/mfa/logout'));
    expect(page.text).toContain('You’re signed out.');
    const again = await ada.post('/mfa/login', { username: 'ada', password: PASSWORD });
    expect([again.status, (await ada.getJson('/whoami')).body.id]).toEqual([303, 'ada']);
  });

  it('leads to the sign-in page of the host over a page of ours where the form may go nowhere else', async () => {
    const site = createPortal({ loginPath: '/sign-in' });
    const ada = visit(site);
    await ada.logIn('ada');
    const out = await ada.post('/mfa/logout', { from: 'kept' });
    expect([out.status, out.headers['location']]).toEqual([200, undefined]);
    expect(out.headers['refresh']).toMatch(/^0; url=\/sign-in/);
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    await ada.logIn('ada');
    const elsewhere = await ada.post('/mfa/logout');
    expect([elsewhere.status, elsewhere.headers['location']]).toEqual([
      303,
      expect.stringMatching(/^\/sign-in/),
    ]);
    await site.mfa.close();
  });

  it('clears the site’s data in the browser only if somebody was signed in', async () => {
    const site = createPortal();
    await plantApp(site, 'mary');
    const [ada, mary, stranger] = [visit(site), visit(site), visit(site)];
    await ada.logIn('ada');
    await mary.logIn('mary');
    expect((await mary.getJson('/mfa/state')).body.pending).not.toBeNull();
    expect((await ada.post('/mfa/logout')).headers['clear-site-data']).toBe('"storage"');
    expect((await mary.post('/mfa/logout')).headers['clear-site-data']).toBeUndefined();
    expect((await stranger.post('/mfa/logout')).headers['clear-site-data']).toBeUndefined();
    expect((await mary.getJson('/mfa/state')).body.pending).toBeNull();
    await site.mfa.close();
  });
});

describe.each(expressMajors)('on Express $major, a log-out of the host', ({ express }) => {
  it('without Passport takes the session off the list', async () => {
    const { app, mfa } = createLoginHost({
      express,
      guarded: (host) => {
        host.post('/logout', (req, res) => {
          Object.assign(req, { user: undefined });
          Reflect.deleteProperty(req.session, 'passport');
          res.json({ bye: true });
        });
      },
    });
    const agent = createHttpAgent(app);
    await agent.post('/login', CREDENTIALS);
    expect(await mfa.sessionsOf('ada').list()).toHaveLength(1);
    expect((await agent.post('/logout')).body).toEqual({ bye: true });
    await mfa.settled();
    expect(await mfa.sessionsOf('ada').list()).toEqual([]);
    await mfa.close();
  });

  function start(settings: readonly string[] = [], logoutPaths?: readonly string[]) {
    const host = createLoginHost({
      express,
      first: (app) => settings.forEach((setting) => app.enable(setting)),
      ...(logoutPaths === undefined ? {} : { guard: { logoutPaths } }),
      guarded: (app) => {
        const leave = (logoutPaths ?? ['/logout'])[0] ?? '';
        app.post(leave, (req, res, next) => {
          req.logout((error) => (error ? next(error) : res.json({ bye: true })));
        });
      },
    });
    return { ...host, agent: createHttpAgent(host.app) };
  }

  /** What a person in need of a second factor gets there. */
  async function leaveBy(path: string, ...how: Parameters<typeof start>): Promise<number> {
    const { agent, mfa, ...host } = start(...how);
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', CREDENTIALS);
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await plantApp(host, 'ada');
    expect((await agent.post('/home', {}, { accept: 'application/json' })).status).toBe(401);
    const { status } = await agent.post(path, {}, { accept: 'application/json' });
    await mfa.close();
    return status;
  }

  it.each(['/logout', '/logout/', '/LOGOUT', '/Logout/'])('is reachable at %s', async (path) => {
    expect(await leaveBy(path)).toBe(200);
  });

  it('is reachable at a path of the host, as it may be typed', async () => {
    expect(await leaveBy('/Account/Sign-Out/', [], ['/account/sign-out'])).toBe(200);
    expect(await leaveBy('/account/sign-out', [], ['/Account/Sign-Out/'])).toBe(200);
  });

  it.each([
    ['/LOGOUT', 'case sensitive routing', 401],
    ['/logout/', 'case sensitive routing', 200],
    ['/logout/', 'strict routing', 401],
    ['/LOGOUT', 'strict routing', 200],
    ['/logout', 'strict routing', 200],
  ])('at %s is compared as with %s', async (path, setting, status) => {
    expect(await leaveBy(path, [setting])).toBe(status);
  });

  it.each(['/logout/everything', '/logoutx', '/logout//', '/%6Cogout'])(
    'opens nothing else: %s',
    async (path) => {
      expect(await leaveBy(path)).toBe(401);
    },
  );
});
