import { request as sendHttp } from 'node:http';
import { randomUUID } from 'node:crypto';
import express from 'express';
import { getHeld } from '../../support/held-visit';
import type { HttpAgent } from '../../support/http-agent';
import { startLoopbackServer } from '../../support/loopback-server';
import { openSessionHost } from '../../support/session-host';
import type { SessionUser } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';

// The attack: somebody with a copy of the cookie sends half of a form before its owner signs out, and the other half afterwards. The
// host writes the session as it was when the first half came.

const BEGINNINGS: Readonly<Record<string, (agent: HttpAgent, user: SessionUser) => Promise<unknown>>> = {
  'the strategy': (agent, { username, password }) => agent.send('/login', { username, password }),
  'req.login': (agent, { id }) => agent.send(`/in/${id}`),
  'no req.login': (agent, { id }) => agent.send(`/plant/${id}`),
};

/** Sends a form in two halves; the second goes out when it is told to. */
function sendHalf(url: string, path: string, cookie: string) {
  const body = 'basket=tea';
  const sent = sendHttp(url + path, {
    method: 'POST',
    headers: { cookie, 'content-type': 'text/plain', 'content-length': body.length },
  });
  sent.write(body.slice(0, 4));
  return () =>
    new Promise<number | undefined>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      });
      sent.end(body.slice(4));
    });
}

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  afterAll(close);

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    let hold: () => Promise<void>;
    const host = openSessionHost({
      records,
      state,
      sessions,
      addRoutes({ app }) {
        let arrived = (): void => undefined;
        hold = () => new Promise((resolve) => (arrived = resolve));
        const enter: express.RequestHandler = (_req, _res, next) => {
          arrived();
          next();
        };
        app.post('/half-sent-basket', enter, express.text(), (req, res) => {
          Object.assign(req.session, { basket: randomUUID() });
          res.json({ basket: req.body });
        });
      },
    });
    let server: Awaited<ReturnType<typeof startLoopbackServer>>;
    beforeAll(async () => {
      server = await startLoopbackServer(host.app);
      await host.visit().getJson('/inside');
    });
    afterAll(async () => {
      await server.close();
      await host.mfa.close();
    });

    const OUTS = ['/out', '/out-keeping', '/mfa/logout', '/destroy', '/regenerate'];
    const cases = Object.keys(BEGINNINGS).flatMap((beginning) =>
      OUTS.flatMap((out) => [true, false].map((isUsed) => ({ beginning, out, isUsed }))),
    );

    it.each(cases)(
      'brings nothing back: begun by $beginning, left by $out, seen on a guarded page: $isUsed',
      async ({ beginning, out, isUsed }) => {
        const user = host.addUser();
        const agent = host.visit();
        await BEGINNINGS[beginning]?.(agent, user);
        const cookie = `session=${agent.cookie('session') ?? ''}`;
        const early = hold();
        const sendRest = sendHalf(server.url, '/half-sent-basket', cookie);
        await early;
        if (isUsed) expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
        const left = out === '/mfa/logout' ? await agent.postJson(out) : await agent.send(out);
        expect([200, 303]).toContain(left.status);
        expect(await sendRest()).toBe(200);
        const held = { cookie, token: '' };
        expect((await getHeld(host.app, held, '/describe')).body).toEqual({ described: null });
        expect((await getHeld(host.app, held, '/inside')).status).toBe(401);
        expect(await host.mfa.sessionsOf(user.id).list()).toEqual([]);
        await BEGINNINGS[beginning]?.(agent, user);
        await agent.getJson('/inside');
        if (beginning === 'no req.login') await BEGINNINGS[beginning]?.(agent, user);
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      },
    );
  });
});
