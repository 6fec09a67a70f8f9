import request from 'supertest';
import type { FetchLike, SignInAsOptions, TestPerson } from '../../../src/testing';
import { signInAs } from '../../../src/testing';
import { giveApp } from '../../support/given-app';
import { startLoopbackServer } from '../../support/loopback-server';
import { createPortal, PASSWORD, type Portal } from '../../support/portal';
import { startTinyHost } from '../../support/tiny-host';

const person = (): TestPerson => ({ username: 'ada', password: PASSWORD });

let portal: Portal;
beforeEach(() => {
  portal = createPortal();
});
afterEach(() => portal.mfa.close());

const requireFactor = () => portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });

async function assignEmail(): Promise<void> {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  await portal.mfa.members.save(
    { userId: 'ada', organizationId: 'acme' },
    { enabled: true, assignedKind: 'email' },
  );
}

async function assuranceAfter(options: SignInAsOptions, who = person()): Promise<string> {
  const agent = request.agent(portal.app);
  const { clock, outbox } = portal;
  await signInAs(agent, who, { clock, outbox, ...options });
  const home = await agent.get('/');
  expect(home.status).toBe(200);
  return home.body.session.assurance;
}

describe('signInAs', () => {
  it('signs in with the password where nothing else is asked', async () => {
    expect(await assuranceAfter({})).toBe('single-factor');
  });

  it('answers with the code that was sent', async () => {
    await assignEmail();
    expect(await assuranceAfter({})).toBe('multi-factor');
    expect(await assuranceAfter({})).toBe('multi-factor');
  });

  it('answers with the code of an app whose secret the test knows', async () => {
    await requireFactor();
    const { secret } = await giveApp(portal, 'ada');
    expect(await assuranceAfter({}, { ...person(), secret })).toBe('multi-factor');
  });

  it('sets up an app where the policy asks for one, and uses it at the next sign-in of the same object', async () => {
    await requireFactor();
    const ada = person();
    expect(await assuranceAfter({}, ada)).toBe('multi-factor');
    expect(await assuranceAfter({}, ada)).toBe('multi-factor');
    expect(await portal.mfa.authenticators.list('ada')).toHaveLength(1);
  });

  it('signs in twice in one time step without a clock that moves', async () => {
    await requireFactor();
    const ada = person();
    const { clock } = portal;
    jest.useFakeTimers({
      now: clock.now(),
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout'],
    });
    try {
      expect(await assuranceAfter({ clock: undefined }, ada)).toBe('multi-factor');
      expect(await assuranceAfter({ clock: undefined }, ada)).toBe('multi-factor');
    } finally {
      jest.useRealTimers();
    }
  });

  it('puts an offer off, unless a second factor is wanted', async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    expect(await assuranceAfter({})).toBe('single-factor');
    expect(await assuranceAfter({ assurance: 'multi-factor' })).toBe('multi-factor');
  });

  it('proves a second factor where the policy asks for none', async () => {
    await requireFactor();
    const { secret } = await giveApp(portal, 'ada');
    await portal.mfa.members.exempt(
      { userId: 'ada', organizationId: 'acme', actorId: 'mary' },
      { reason: 'A test', until: portal.clock.now() + 60_000 },
    );
    expect(await assuranceAfter({})).toBe('single-factor');
    expect(await assuranceAfter({ assurance: 'multi-factor' }, { ...person(), secret })).toBe('multi-factor');
  });

  it('says what was answered where it cannot go on', async () => {
    await expect(assuranceAfter({}, { username: 'ada', password: 'wrong' })).rejects.toThrow(
      /wrong-credentials/,
    );
    await requireFactor();
    await giveApp(portal, 'ada');
    await expect(assuranceAfter({ outbox: undefined })).rejects.toThrow(/pass `secret` with the person/);
    await expect(assuranceAfter({ assurance: 'single-factor' })).rejects.toThrow(/"outcome":"challenge"/);
    await expect(assuranceAfter({ pagesPath: '/elsewhere' })).rejects.toThrow(/as `pagesPath`/);
  });

  it('begins with the sign-in of the host', async () => {
    await assignEmail();
    const agent = request.agent(portal.app);
    const firstStep = () => agent.post('/sso/ada');
    await signInAs(agent, person(), { firstStep, outbox: portal.outbox });
    expect((await agent.get('/')).body.user).toBe('ada');
  });

  it('takes a function that is called like fetch', async () => {
    await assignEmail();
    const server = await startLoopbackServer(portal.app);
    const cookies = new Map<string, string>();
    const agent: FetchLike = async (path, init) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(server.url + path, { ...init, headers: { ...init.headers, cookie } });
      for (const text of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
        cookies.set(name, value);
      }
      return answer;
    };
    const { csrfToken } = await signInAs(agent, person(), { outbox: portal.outbox });
    const headers = { accept: 'application/json', 'x-csrf-token': csrfToken };
    const state = await agent('/mfa/state', { method: 'GET', headers, redirect: 'manual' });
    expect(JSON.parse(await state.text())).toMatchObject({ signedIn: true, csrfToken });
    await server.close();
  });

  it('sends the token in the field of a host that checks its own', async () => {
    const host = startTinyHost('after');
    try {
      const agent = request.agent(host.app);
      const ada = { username: 'ada', password: 'difference engine' };
      await signInAs(agent, ada, { csrfField: 'xsrf' });
      expect((await agent.get('/').set({ accept: 'text/html' })).text).toContain('Notes of ada');
    } finally {
      await host.stop();
    }
  });
});
