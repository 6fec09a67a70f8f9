import type { Express } from 'express';
import { createOutbox } from '../../../src/index';
import type { Mfa } from '../../../src/index';
import { createClock } from '../../support/clock';
import { visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionUser } from '../../support/session-host';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

function addChange({ app, mfa }: { app: Express; mfa: Mfa<SessionUser> }) {
  app.post('/change-password/:id', (req, res, next) => {
    mfa.recordPasswordChange(String(req.params.id), { keep: req }).then(() => res.json({ done: true }), next);
  });
}

describe.each(allStoreKinds)('a changed password, on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    async function open() {
      const outbox = createOutbox({ clock: createClock() });
      const host = openSessionHost({
        records,
        state,
        sessions,
        addRoutes: addChange,
        mfa: { email: outbox.email },
      });
      hosts.push(host);
      const user = host.addUser();
      const policy = { enabled: true, enrollment: 'assigned', rememberBrowserSeconds: 86_400 } as const;
      await host.mfa.policies.save(user.organizationId, policy);
      const { secret } = await plantApp(host, user.id);
      const credentials = { username: user.username, password: user.password };
      async function signedIn() {
        const agent = host.visit();
        await agent.postJson('/mfa/login', credentials);
        const code = totpCode(secret, host.clock.now());
        const proven = await agent.postJson('/mfa/challenge', { code, rememberBrowser: true });
        expect(proven.body.outcome).toBe('signed-in');
        host.clock.advance(30_000);
        return agent;
      }
      const eventsOf = async (name: string) => {
        await host.mfa.settled();
        const { organizationId } = user;
        return (await records.listEvents({ organizationId, limit: 100, names: [name] })).events;
      };
      const subjects = async () => {
        await host.mfa.settled();
        return outbox.messages.map(({ subject }) => subject);
      };
      return { host, user, signedIn, credentials, eventsOf, subjects };
    }

    it('ends all sessions, pending logins and remembered browsers, and sends a notice', async () => {
      const { host, user, signedIn, credentials, eventsOf, subjects } = await open();
      const agent = await signedIn();
      const found = host.visit();
      await found.post(`/plant/${user.id}`);
      const half = host.visit();
      expect((await half.postJson('/mfa/login', credentials)).body.outcome).toBe('challenge');
      await host.mfa.recordPasswordChange(user.id);
      for (const before of [agent, found]) expect((await before.getJson('/inside')).status).toBe(401);
      expect((await half.postJson('/mfa/challenge', { code: '000000' })).body.because).toBe('session-ended');
      expect((await agent.postJson('/mfa/login', credentials)).body.outcome).toBe('challenge');
      expect(await records.listBrowsers(user.id, host.clock.now())).toEqual([]);
      expect(await eventsOf('password-changed')).toMatchObject([{ userId: user.id }]);
      expect(await eventsOf('sessions-ended')).toMatchObject([{ details: { scope: 'user' } }]);
      expect((await subjects()).filter((subject) => subject?.includes('password was changed'))).toHaveLength(
        1,
      );
    });

    it('keeps the session in which it was changed, under a new id and with its proofs', async () => {
      const { host, user, signedIn, eventsOf } = await open();
      const [agent, other] = [await signedIn(), await signedIn()];
      const before = agent.cookie('session');
      expect((await agent.post(`/change-password/${user.id}`)).body).toEqual({ done: true });
      expect(agent.cookie('session')).not.toBe(before);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      expect((await agent.getJson('/describe')).body.described).toMatchObject({ assurance: 'multi-factor' });
      expect((await other.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
      const thief = host.visit();
      expect((await thief.getJson('/inside', { cookie: `session=${before}` })).status).toBe(401);
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
      expect(await eventsOf('sessions-ended')).toMatchObject([{ details: { scope: 'others' } }]);
    });

    it('keeps no session that was ended meanwhile, nor another person’s', async () => {
      const { host, user, signedIn, eventsOf } = await open();
      const agent = await signedIn();
      const [stranger, other] = [host.visit(), host.visit()];
      await other.send(`/in/${host.addUser().id}`);
      for (const person of [stranger, other]) {
        const refused = await person.post(`/change-password/${user.id}`);
        expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('nobody of that id')]);
      }
      expect((await other.getJson('/inside')).status).toBe(200);
      expect(await eventsOf('password-changed')).toEqual([]);
      expect((await agent.getJson('/inside')).status).toBe(200);
      await host.mfa.sessionsOf(user.id).endAll();
      await agent.post(`/change-password/${user.id}`);
      expect((await agent.getJson('/inside')).status).toBe(401);
    });

    it('sends no notice if the host sends its own, and ends sessions of deleted users', async () => {
      const { host, user, signedIn, subjects } = await open();
      const agent = await signedIn();
      await host.mfa.recordPasswordChange(user.id, { notify: false });
      expect((await subjects()).some((subject) => subject?.includes('password was changed'))).toBe(false);
      expect((await agent.getJson('/inside')).status).toBe(401);
      host.users.delete(user.id);
      await expect(host.mfa.recordPasswordChange(user.id)).resolves.toBeUndefined();
    });
  });
});

// The attack: the thief of a password signs in again and again while its owner changes it. The old password is still right when the host
// looks it up, and a session that begins after the change would not be ended by it.
describe('a password that is being checked', () => {
  function openSlowPortal() {
    const during = { act: () => Promise.resolve() };
    const portal: Portal = createPortal({
      async verify(username, password) {
        const user = portal.users.get(username);
        await during.act();
        return user?.password === password ? user : false;
      },
    });
    return { portal, during };
  }

  it('lets nobody in where it is changed meanwhile', async () => {
    const { portal, during } = openSlowPortal();
    during.act = async () => {
      portal.clock.advance(1);
      await portal.mfa.recordPasswordChange('ada');
      portal.clock.advance(1);
    };
    const thief = visit(portal);
    const refused = await thief.logIn('ada');
    expect([refused.status, refused.body.because]).toEqual([403, 'session-ended']);
    expect((await thief.getJson('/plain')).status).toBe(401);
    during.act = () => Promise.resolve();
    expect((await visit(portal).logIn('ada')).body.outcome).toBe('signed-in');
    await portal.mfa.close();
  });

  it('still signs in where the callback itself ends the other sessions', async () => {
    const { portal, during } = openSlowPortal();
    const before = visit(portal);
    await before.logIn('ada');
    during.act = async () => {
      portal.clock.advance(1);
      await portal.mfa.sessionsOf('ada').endAll();
    };
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body.outcome).toBe('signed-in');
    expect((await ada.getJson('/plain')).status).toBe(200);
    expect((await before.getJson('/plain')).status).toBe(401);
    await portal.mfa.close();
  });
});
