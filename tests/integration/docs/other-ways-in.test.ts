import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import express from 'express';
import passport from 'passport';
import { createOutbox } from '../../../src/index';
import { createClock } from '../../support/clock';
import { codeIn } from '../../support/docs';
import type { HttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionHostOptions, SessionUser } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

const MINUTE = 60_000;

/** The documented routes, in one piece. */
const recipes = codeIn('docs/recipes.md', 'Other ways in').join('\n');

/** In place of passport-google-oauth20: the code in the query names the user. */
class Provider extends passport.Strategy {
  override readonly name = 'google';

  constructor(private readonly find: (code: string) => object | undefined) {
    super();
  }

  override authenticate(req: Request): void {
    const { code } = req.query;
    const user = typeof code === 'string' ? this.find(code) : undefined;
    if (user === undefined) this.fail(401);
    else this.success(user);
  }
}

function openHost({ records, state, sessions }: Pick<SessionHostOptions, 'records' | 'state' | 'sessions'>) {
  const outbox = createOutbox({ clock: createClock() });
  const links = new Map<string, string>();
  const take = (users: Map<string, SessionUser>, token: string) => {
    const user = users.get(links.get(token) ?? '');
    links.delete(token);
    return user;
  };
  const host = openSessionHost({
    records,
    state,
    sessions,
    mfa: { email: outbox.email },
    addRoutes({ app, mfa, passports, users }) {
      passports.use(new Provider((code) => users.get(code)));
      app.use(express.urlencoded({ extended: false }));
      const table = {
        takeLink: async (token: string) => take(users, token),
        async resetPassword(token: string, password: string) {
          const user = take(users, token);
          if (user !== undefined) users.set(user.id, { ...user, password });
          return user;
        },
        async add({ id }: { id: string }) {
          return users.get(id);
        },
      };
      // oxlint-disable-next-line typescript/no-implied-eval
      new Function('app', 'passport', 'mfa', 'users', recipes)(app, passports, mfa, table);
    },
  });
  return {
    ...host,
    outbox,
    linkFor(user: SessionUser) {
      const token = randomUUID();
      links.set(token, user.id);
      return token;
    },
  };
}

async function enrollApp(agent: HttpAgent, { clock }: SessionHost) {
  const started = await agent.postJson('/mfa/enroll/totp');
  if (started.body.outcome !== 'enrollment-started') return started.body;
  const code = totpCode(started.body.totp.secret, clock.now());
  return (await agent.postJson('/mfa/enroll/totp/confirm', { code })).body;
}

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions: %s', (sessions) => {
    async function open(fields: Partial<SessionUser> = {}, policy = {}) {
      const host = openHost({ records, state, sessions });
      hosts.push(host);
      const user = host.addUser(fields);
      const saved = { enabled: true, enrollment: 'required', ...policy } as const;
      await host.mfa.policies.save(user.organizationId, saved);
      return { host, user, agent: host.visit() };
    }

    const WAYS = {
      google: (agent: HttpAgent, { user }: { user: SessionUser }) =>
        agent.get(`/auth/google/callback?code=${user.id}`),
      'a link': (
        agent: HttpAgent,
        { host, user }: { host: ReturnType<typeof openHost>; user: SessionUser },
      ) => agent.get(`/link/${host.linkFor(user)}`),
    };

    describe.each(Object.entries(WAYS))('a person without a password who came by %s', (_name, come) => {
      it('sets up a first method, gives it at the next sign-in, and is never asked for a password', async () => {
        const { host, user, agent } = await open({ hasPassword: false });
        expect((await come(agent, { host, user })).headers['location']).toBe('/');
        expect((await agent.getJson('/inside')).body).toMatchObject({
          outcome: 'enroll',
          because: 'required',
        });
        expect((await agent.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
        await plantApp(host, user.id);
        const next = host.visit();
        await come(next, { host, user });
        expect((await next.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
        const hijacked = await next.postJson('/mfa/enroll/totp');
        expect([hijacked.status, hijacked.body.outcome]).toEqual([401, 'challenge']);
      });

      it('has to sign in again if that was ten minutes ago', async () => {
        const { host, user, agent } = await open({ hasPassword: false }, { enrollment: 'assigned' });
        await come(agent, { host, user });
        host.clock.advance(10 * MINUTE);
        const late = await agent.postJson('/mfa/enroll/totp');
        expect([late.status, late.body]).toMatchObject([
          401,
          { outcome: 'sign-in', because: 'sign-in-too-old' },
        ]);
        expect(late.body.next).toContain('because=sign-in-too-old');
        expect(await host.mfa.sessionsOf(user.id).list()).toEqual([]);
        await come(agent, { host, user });
        expect((await agent.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
      });
    });

    it('refuses the mailbox of the link as a second factor', async () => {
      const { host, user, agent } = await open({ hasPassword: false });
      await WAYS['a link'](agent, { host, user });
      const refused = await agent.postJson('/mfa/enroll/email', { email: user.email });
      expect([refused.status, refused.body.because]).toEqual([403, 'same-channel']);
    });

    it('signs nobody in with a link that was used before', async () => {
      const { host, user, agent } = await open();
      const token = host.linkFor(user);
      await agent.get(`/link/${token}`);
      const thief = host.visit();
      expect((await thief.get(`/link/${token}`)).headers['location']).toBe('/login');
      expect((await thief.getJson('/inside')).status).toBe(401);
    });

    it('ends every session when the password is reset, and tells the owner', async () => {
      const { host, user, agent } = await open({}, { enrollment: 'assigned' });
      const { username, password } = user;
      await agent.postJson('/login', { username, password });
      const other = host.visit();
      await other.post(`/in/${user.id}`);
      const reset = await host.visit().post(`/reset/${host.linkFor(user)}`, { password: 'a new one' });
      expect(reset.headers['location']).toBe('/login');
      for (const before of [agent, other]) expect((await before.getJson('/inside')).status).toBe(401);
      expect((await agent.postJson('/login', { username, password })).status).toBe(401);
      await agent.postJson('/login', { username, password: 'a new one' });
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      await host.mfa.settled();
      expect(host.outbox.messages.at(-1)).toMatchObject({
        to: user.email,
        subject: expect.stringContaining('password was changed'),
      });
    });

    it('leads from sign-up to the first method without asking for the password again', async () => {
      const { host, user, agent } = await open({}, { enrollAtSignUp: true });
      // With the host's own session middleware, sign-ins are seen after our first request in a process.
      await agent.csrfToken();
      const answer = await agent.post('/sign-up', { id: user.id });
      expect(answer.headers['location']).toMatch(/^\/mfa\/enroll\?/);
      const app = await agent.get('/mfa/enroll/totp');
      expect(app.status).toBe(200);
      expect((await enrollApp(agent, host)).outcome).toBe('enrolled');
    });
  });
});
