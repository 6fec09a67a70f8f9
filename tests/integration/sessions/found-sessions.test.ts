import { once } from 'node:events';
import { createServer, request as sendHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { postHeld, getHeld } from '../../support/held-visit';
import { plantApp } from '../../support/planted';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionHostOptions } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    function open(options: Partial<SessionHostOptions> = {}) {
      const host = openSessionHost({ records, state, sessions, ...options });
      hosts.push(host);
      return host;
    }

    it('lists a session once if many requests find it at the same time', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/plant/${user.id}`);
      const held = { cookie: `session=${agent.cookie('session') ?? ''}`, token: '' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => getHeld(host.app, held, '/inside')));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
    });

    it('does not admit a session whose owner’s sessions are ended while it is being listed', async () => {
      let endMeanwhile = async (_userId: string): Promise<void> => undefined;
      const registerSession: typeof state.registerSession = async (userId, ...more) => {
        await endMeanwhile(userId);
        return state.registerSession(userId, ...more);
      };
      const host = open({ state: { ...state, registerSession } });
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/plant/${user.id}`);
      endMeanwhile = (userId) => records.noteSessionsEnded(userId, host.clock.now());
      expect((await agent.getJson('/inside')).status).toBe(401);
      expect(await host.mfa.sessionsOf(user.id).list()).toEqual([]);
    });

    it('takes a session off the list whose person the host signed out or replaced by hand', async () => {
      const host = open({
        addRoutes: ({ app }) =>
          app.post('/forget-user', (req, res) => {
            Reflect.deleteProperty(req.session, 'passport');
            res.json({ done: true });
          }),
      });
      const [first, second] = [host.addUser(), host.addUser()];
      const agent = host.visit();
      await agent.send(`/in/${first.id}`);
      expect((await agent.getJson('/inside')).status).toBe(200);
      await agent.send('/forget-user');
      expect((await agent.getJson('/inside')).status).toBe(401);
      expect(await host.mfa.sessionsOf(first.id).list()).toEqual([]);
      await agent.send(`/plant/${first.id}`);
      // In a session of the host's own, the new sign-in cannot be told from the one that was left.
      expect((await agent.getJson('/inside')).status).toBe(sessions === 'ours' ? 200 : 401);
      await agent.send(`/plant/${second.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: second.id });
      expect(await host.mfa.sessionsOf(first.id).list()).toEqual([]);
      expect(await host.mfa.sessionsOf(second.id).list()).toHaveLength(1);
    });

    it('lists a copied session once if many requests find it at the same time', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      await agent.getJson('/inside');
      await agent.send('/copy');
      const held = { cookie: `session=${agent.cookie('session') ?? ''}`, token: '' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => getHeld(host.app, held, '/inside')));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
    });

    it('ends a session by its handle, also for a request that found it before it was listed', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/plant/${user.id}`);
      const held = { cookie: `session=${agent.cookie('session') ?? ''}`, token: '' };
      const gate = host.holdGate();
      const underWay = postHeld(host.app, held, '/slow');
      await gate.entered;
      await agent.getJson('/inside');
      const [entry] = await host.mfa.sessionsOf(user.id).list();
      expect(await host.mfa.sessionsOf(user.id).end(entry?.handle ?? '')).toBe(true);
      gate.leave();
      await underWay;
      expect((await getHeld(host.app, held, '/inside')).status).toBe(401);
    });

    it('ends the other sessions even if no guarded page has seen them', async () => {
      const host = open();
      const user = host.addUser();
      const [agent, unused, seen] = [host.visit(), host.visit(), host.visit()];
      await agent.send(`/in/${user.id}`);
      await agent.getJson('/inside');
      await unused.send(`/plant/${user.id}`);
      await seen.send(`/in/${user.id}`);
      expect((await agent.postJson('/mfa/sessions/end-others')).body.outcome).toBe('ended');
      for (const other of [unused, seen]) expect((await other.getJson('/inside')).status).toBe(401);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
    });

    it('does not describe a session that the guard would stop', async () => {
      const host = open();
      const user = host.addUser();
      const described = async () => (await agent.getJson('/describe')).body.described;
      const agent = host.visit();
      await agent.postJson('/mfa/login', { username: user.username, password: user.password });
      expect(await described()).toMatchObject({ assurance: 'single-factor' });
      await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'required' });
      expect(await described()).toBeNull();
      await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'optional' });
      expect(await described()).toBeNull();
      await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'assigned' });
      expect(await described()).toMatchObject({ amr: ['pwd'] });
      const { secret } = await plantApp(host, user.id);
      expect(await described()).toBeNull();
      const code = totpCode(secret, host.clock.now());
      expect((await agent.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
      expect(await described()).toMatchObject({ assurance: 'multi-factor' });
      host.users.set(user.id, { ...user, active: false });
      expect(await described()).toBeNull();
    });

    it('describes the session of a WebSocket connection', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      server.on('upgrade', (req: Request, socket: Duplex) => {
        const run = (middleware: RequestHandler) =>
          new Promise<void>((resolve, reject) =>
            middleware(req, {} as Response, (error?: unknown) => (error ? reject(error) : resolve())),
          );
        run(host.readSession)
          .then(() => run(host.passports.session()))
          .then(() => host.mfa.describeSession(req))
          .then((described) => socket.end(`HTTP/1.1 ${described === null ? 401 : 200} Said\r\n\r\n`))
          .catch((error: unknown) => socket.end(`HTTP/1.1 500 ${String(error)}\r\n\r\n`));
      });
      const upgrade = async () => {
        const sent = sendHttp({
          port: (server.address() as AddressInfo).port,
          headers: {
            cookie: `session=${agent.cookie('session')}`,
            connection: 'upgrade',
            upgrade: 'websocket',
            'x-forwarded-for': '192.0.2.1',
          },
        }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        sent.destroy();
        return [response.statusCode, response.statusMessage];
      };
      expect(await upgrade()).toEqual([200, 'Said']);
      await host.mfa.sessionsOf(user.id).endAll();
      expect(await upgrade()).toEqual([401, 'Said']);
      await promisify(server.close.bind(server))();
    });

    it('refuses a session that began elsewhere before the organization ended all sessions', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).status).toBe(200);
      host.clock.advance(1000);
      const elsewhere = `elsewhere-${user.id}`;
      await host.mfa.policies.endAllSessions(elsewhere);
      host.clock.advance(1000);
      expect((await agent.getJson('/inside')).status).toBe(200);
      host.users.set(user.id, { ...user, organizationId: elsewhere });
      expect((await agent.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
    });

    it('dates another person’s session from when it became theirs', async () => {
      const shown = { id: '' };
      const host = open({
        addRoutes({ app, users }) {
          app.use((req, _res, next) => {
            const target = users.get(shown.id);
            if (req.user !== undefined && target !== undefined) req.user = target;
            next();
          });
        },
      });
      const [staff, target] = [host.addUser(), host.addUser()];
      await host.mfa.sessionsOf(target.id).endAll();
      host.clock.advance(1000);
      const agent = host.visit();
      await agent.send(`/in/${staff.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: staff.id });
      shown.id = target.id;
      expect((await agent.getJson('/inside')).body).toEqual({ inside: target.id });
      host.clock.advance(1000);
      await host.mfa.sessionsOf(target.id).endAll();
      expect((await agent.getJson('/inside')).status).toBe(401);
    });

    it('keeps two apps with one Passport apart', async () => {
      const shared = new passport.Passport();
      const [first, second] = [
        open({ createPassport: () => shared }),
        open({ createPassport: () => shared }),
      ];
      const user = first.addUser();
      second.users.set(user.id, user);
      for (const host of [first, second, first, second]) {
        const agent = host.visit();
        await agent.getJson('/inside');
        await agent.send(`/in/${user.id}`);
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      }
      await first.mfa.sessionsOf(user.id).endAll();
      const agent = second.visit();
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
    });

    it('works below a sub-app, whose logins stay separate', async () => {
      const host = open();
      const user = host.addUser();
      const outer = express();
      outer.use('/shop', host.app);
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      const held = { cookie: `session=${agent.cookie('session') ?? ''}`, token: '' };
      expect((await getHeld(outer, held, '/shop/inside')).body).toEqual({ inside: user.id });
      await host.mfa.sessionsOf(user.id).endAll();
      expect((await getHeld(outer, held, '/shop/inside')).status).toBe(401);
    });
  });
});
