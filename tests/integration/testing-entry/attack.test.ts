import { csrfSync } from 'csrf-sync';
import type { RequestHandler } from 'express';
import request from 'supertest';
import { attack, signInAs, type Probe } from '../../../src/testing';
import { createBrokenHost } from '../../support/broken-host';
import { createClock } from '../../support/clock';
import { DEMO_PASSWORD, startExampleApp } from '../../support/example-app';
import { createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { PASSWORD } from '../../support/portal';

describe('attack', () => {
  it('finds nothing in the example app', async () => {
    const clock = createClock();
    const { app, mfa, outbox, stop } = await startExampleApp({ clock, onError: () => undefined });
    const { findings } = await attack(app, {
      mfa,
      person: {
        id: 'alan',
        username: 'alan@acme.example',
        password: DEMO_PASSWORD,
        organizationId: 'acme',
      },
      clock,
      outbox: outbox ?? undefined,
      publicRoutes: ['/signup', '/signup/*', '/outbox', '/outbox.json', '/sso', '/api/ping'],
    });
    expect(findings).toEqual([]);
    await stop();
  });

  it('finds nothing in a small host on Express 4', async () => {
    const express = expressMajors.find(({ major }) => major === '4')?.express;
    const { app, mfa, clock, outbox } = createLoginHost(express === undefined ? {} : { express });
    const { findings } = await attack(app, {
      mfa,
      person: { id: 'ada', username: 'ada', password: PASSWORD, organizationId: 'acme' },
      clock,
      outbox,
      signIn: (browser, { username, password }) => browser.post('/login', { username, password }),
      publicRoutes: ['POST /login'],
    });
    expect(findings).toEqual([]);
    await mfa.close();
  });

  it('sends the token in the field that the middleware of the host checks', async () => {
    const { csrfSynchronisedProtection, generateToken } = csrfSync({
      getTokenFromRequest: (req) => (req.body as { readonly xsrf?: string } | undefined)?.xsrf,
    });
    const host = createBrokenHost({
      options: { csrf: { token: (req) => generateToken(req), field: 'xsrf' } },
      above: ({ app }) => app.use(csrfSynchronisedProtection),
    });
    const only = ['csrf', 'replayed-code', 'unchecked-method'];
    const run = (csrfField: string) => attack(host.app, { ...host.options, csrfField, only });
    expect((await run('xsrf')).findings).toEqual([]);
    await expect(run('_csrf')).rejects.toThrow(/could not be reached/);
    await host.close();
  });

  it('follows a sign-in to the callback of the host', async () => {
    const { app, mfa, clock } = createLoginHost({
      strategy: { resumePath: '/login/done' },
      login: ({ app: host, passports }) => {
        const signIn: RequestHandler = passports.authenticate('mfa', { successRedirect: '/home' });
        host.post('/login', signIn);
        host.get('/login/done', signIn);
      },
    });
    const person = { id: 'ada', username: 'ada', password: PASSWORD, organizationId: 'acme' };
    const { probes } = await attack(app, {
      mfa,
      person,
      clock,
      signIn: (browser, { username, password }) => browser.post('/login', { username, password }),
      publicRoutes: ['POST /login', '/login/done'],
      only: ['replayed-code', 'kept-session-id'],
    });
    expect(probes).toMatchObject([{ outcome: 'passed' }, { outcome: 'passed' }]);

    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    for (const agent of [request.agent(app), request.agent(app)]) {
      const firstStep = () => agent.post('/login').type('form').send({ username: 'ada', password: PASSWORD });
      await signInAs(agent, person, { clock, firstStep });
      expect((await agent.get('/home')).status).toBe(200);
    }
    await mfa.close();
  });

  const alarm: Probe = {
    name: 'alarm',
    asvs: ['1.1.1'],
    sentence: 'Nothing happens.',
    run: async ({ inside }) => [
      { request: 'GET /one', saw: inside.join(' ') },
      { request: 'GET /one/two', saw: 'answered 200' },
    ],
  };

  it('runs probes of the host, and leaves out what it is told', async () => {
    const { app, options, close } = createBrokenHost();
    const run = (skip: readonly string[]) =>
      attack(app, { ...options, probes: [alarm], only: ['alarm'], skip });
    const { findings, probes } = await run([]);
    expect(findings).toEqual([
      { probe: 'alarm', asvs: ['1.1.1'], request: 'GET /one', saw: '/ /mfa/sessions /mfa/settings' },
      { probe: 'alarm', asvs: ['1.1.1'], request: 'GET /one/two', saw: 'answered 200' },
    ]);
    expect(probes).toMatchObject([{ name: 'alarm', outcome: 'failed' }]);
    expect((await run(['alarm GET /one'])).findings).toMatchObject([{ request: 'GET /one/two' }]);
    expect((await run(['alarm'])).probes).toMatchObject([{ name: 'alarm', outcome: 'skipped' }]);
    await close();
  });

  it('puts the policy back and leaves no method', async () => {
    const { app, options, close } = createBrokenHost();
    const before = await options.mfa.policies.get('acme');
    await attack(app, { ...options, only: ['replayed-code'] });
    const { version: _version, ...after } = await options.mfa.policies.get('acme');
    expect(before).toMatchObject(after);
    expect(await options.mfa.authenticators.list('ada')).toEqual([]);
    await close();
  });

  it('says what is missing where it cannot begin', async () => {
    const { app, options, close } = createBrokenHost();
    const { person } = options;
    const begin = (change: Partial<typeof options>) => attack(app, { ...options, only: [], ...change });
    await expect(begin({ person: { ...person, password: 'wrong' } })).rejects.toThrow(
      /Check `person`, `signIn`/,
    );
    await expect(begin({ person: { ...person, id: 'nobody' } })).rejects.toThrow(/no authenticator app/);
    await expect(begin({ publicRoutes: ['/*'] })).rejects.toThrow(/Name one in `routes`/);
    await expect(begin({ only: ['csfr'] })).rejects.toThrow(/csfr/);
    await close();
  });
});
