import type { Request } from 'express';
import type { HttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionHostOptions, SessionUser } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';

// The attack: somebody sits down at a session that was left open, or holds a stolen cookie, and makes it look like a sign-in of the last
// ten minutes, which is proof enough to set up a first method.

const MINUTE = 60_000;

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    async function open(fields: Partial<SessionUser> = {}, options: Partial<SessionHostOptions> = {}) {
      const host = openSessionHost({ records, state, sessions, ...options });
      hosts.push(host);
      const user = host.addUser(fields);
      const agent = host.visit();
      await agent.getJson('/inside');
      return { host, user, agent };
    }
    const start = async (agent: HttpAgent) => (await agent.postJson('/mfa/enroll/totp')).body;
    const refusal = { outcome: 'challenge', because: 'authentication-too-old' };

    it('counts for ten minutes, with a password and without', async () => {
      for (const hasPassword of [true, false]) {
        const { host, user, agent } = await open({ hasPassword });
        await agent.send(`/in/${user.id}`);
        host.clock.advance(10 * MINUTE - 1);
        expect(await start(agent)).toMatchObject({ outcome: 'enrollment-started' });
        host.clock.advance(1);
        const late = hasPassword ? refusal : { outcome: 'sign-in', because: 'sign-in-too-old' };
        expect(await start(agent)).toMatchObject(late);
      }
    });

    it('does not count where the person has a method', async () => {
      const { host, user, agent } = await open();
      await plantApp(host, user.id);
      await agent.send(`/in/${user.id}`);
      expect(await start(agent)).toMatchObject({ outcome: 'challenge' });
      await host.mfa.policies.save(user.organizationId, { enabled: false });
      await agent.getJson('/inside');
      await host.mfa.policies.save(user.organizationId, { enabled: true });
      expect(await start(agent)).toMatchObject({ outcome: 'challenge' });
    });

    it('does not count for a session that was merely found, nor for the password of our own sign-in', async () => {
      const { user, agent, host } = await open();
      await agent.send(`/plant/${user.id}`);
      expect(await start(agent)).toMatchObject(refusal);
      const other = host.visit();
      await other.postJson('/login', { username: user.username, password: user.password });
      expect(await start(other)).toMatchObject(refusal);
    });

    it.each(['/refresh', '/in'])('is made no younger by a sign-in of the same person: %s', async (path) => {
      const { host, user, agent } = await open();
      await agent.send(`/in/${user.id}`);
      host.clock.advance(9 * MINUTE);
      await agent.send(path === '/in' ? `/in/${user.id}` : path);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      host.clock.advance(MINUTE);
      expect(await start(agent)).toMatchObject(refusal);
      const [entry] = await host.mfa.sessionsOf(user.id).list();
      expect(entry?.startedAt).toBe(host.clock.now() - 10 * MINUTE);
    });

    it('does not count over the session of somebody else, who may only look at the app as this person', async () => {
      const { host, user: staff, agent } = await open();
      const user = host.addUser();
      await agent.send(`/in/${staff.id}`);
      await agent.getJson('/inside');
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      expect(await start(agent)).toMatchObject(refusal);
      await agent.send('/out');
      await agent.send(`/in/${user.id}`);
      expect(await start(agent)).toMatchObject({ outcome: 'enrollment-started' });
    });

    it.each<[string, (req: Request) => unknown]>([
      ['false', () => false],
      ['nothing', () => undefined],
      ['an error', () => Promise.reject(new Error('The host is down.'))],
    ])('does not count where isFreshSignIn answers %s', async (what, isFreshSignIn) => {
      const mfa = { isFreshSignIn: isFreshSignIn as (req: Request) => boolean };
      const { host, user, agent } = await open({}, { mfa });
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      expect(await start(agent)).toMatchObject(refusal);
      expect(host.errors).toHaveLength(what === 'false' ? 0 : 1);
    });

    it('asks isFreshSignIn with the person who signs in', async () => {
      const asked: unknown[] = [];
      const mfa = { isFreshSignIn: (req: Request) => asked.push(Reflect.get(req.user ?? {}, 'id')) > 0 };
      const { user, agent } = await open({}, { mfa });
      await agent.send(`/in/${user.id}`);
      expect(asked).toEqual([user.id]);
    });

    it('may be looked at and put off although the sign-in is too old, and starts after a new one', async () => {
      const { host, user, agent } = await open({ hasPassword: false });
      await agent.send(`/in/${user.id}`);
      host.clock.advance(10 * MINUTE);
      await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'optional' });
      expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'enroll', because: 'offered' });
      const looked = await agent.getJson('/mfa/enroll');
      expect([looked.status, looked.body]).toMatchObject([200, { outcome: 'enroll', skippable: true }]);
      expect((await agent.get('/mfa/enroll')).text).toContain('Skip');
      expect((await agent.postJson('/mfa/enroll/skip')).body.outcome).toBe('skipped');
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      const page = await agent.get('/mfa/enroll/totp');
      expect(page.headers['location']).toBe(
        '/mfa/login?returnTo=%2Fmfa%2Fenroll%2Ftotp&because=sign-in-too-old',
      );
      expect((await agent.get(page.headers['location'] ?? '')).text).toContain('recent sign-in');
      await agent.send(`/in/${user.id}`);
      expect((await agent.get('/mfa/enroll/totp')).status).toBe(200);
    });

    it.each(['/plant', '/plant-anew'])(
      'leads in no circle where the sign-in cannot be seen: %s',
      async (path) => {
        const { host, user, agent } = await open({ hasPassword: false });
        await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'required' });
        await agent.send(`${path}/${user.id}`);
        expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'enroll' });
        expect(await start(agent)).toMatchObject({ outcome: 'sign-in', because: 'sign-in-too-old' });
        await agent.send(`${path}/${user.id}`);
        const refused = await agent.postJson('/mfa/enroll/totp');
        expect([refused.status, refused.body]).toMatchObject([
          403,
          { outcome: 'deny', because: 'sign-in-unseen' },
        ]);
        expect(String(host.errors.at(-1))).toContain('mfa.recordFirstFactor(req)');
        expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'enroll' });
      },
    );

    it('is kept through a new id that the host gives the session, and by nothing more', async () => {
      const { host, user, agent } = await open();
      await agent.send(`/in/${user.id}`);
      await agent.send('/copy');
      expect(await start(agent)).toMatchObject({ outcome: 'enrollment-started' });
      host.clock.advance(10 * MINUTE);
      await agent.send('/copy-passport');
      expect(await start(agent)).toMatchObject(refusal);
    });
  });
});
