import type { Express } from 'express';
import { createOutbox } from '../../../src/index';
import type { Mfa } from '../../../src/index';
import { createClock } from '../../support/clock';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionHostOptions, SessionUser } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';

/** Routes of a host that says of each sign-in when it was. */
function addRecording({
  app,
  mfa,
  users,
}: {
  app: Express;
  mfa: Mfa<SessionUser>;
  users: Map<string, SessionUser>;
}) {
  app.post('/recorded/:id', (req, res, next) => {
    req.login(users.get(req.params.id) as SessionUser, (error) => {
      if (error) return next(error);
      mfa.recordFirstFactor(req).then(() => res.json({ done: true }), next);
    });
  });
  app.post('/recorded-by-hand/:id', (req, res, next) => {
    req.session.regenerate((error: unknown) => {
      if (error) return next(error);
      Object.assign(req.session, { passport: { user: req.params.id } });
      req.user = users.get(req.params.id) as SessionUser;
      mfa.recordFirstFactor(req).then(() => res.json({ done: true }), next);
    });
  });
  /** A new password by a link in a mail, which signs the person in at once. */
  app.post('/reset-and-in/:id', (req, res, next) => {
    const user = users.get(req.params.id) as SessionUser;
    const channel = { channel: 'email', address: user.email } as const;
    mfa
      .recordPasswordReset(user.id, channel)
      .then(() => mfa.recordPasswordChange(user.id, { notify: false }))
      .then(() => {
        req.login(user, (error) => {
          if (error) return next(error);
          mfa.recordFirstFactor(req, channel).then(() => res.json({ done: true }), next);
        });
      }, next);
  });
  app.post('/record', (req, res, next) => {
    mfa.recordFirstFactor(req).then(() => res.json({ done: true }), next);
  });
  app.post('/record/:address', (req, res, next) => {
    mfa
      .recordFirstFactor(req, { channel: 'email', address: String(req.params.address) })
      .then(() => res.json({ done: true }), next);
  });
}

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    function open(options: Partial<SessionHostOptions> = {}) {
      const host = openSessionHost({ records, state, sessions, addRoutes: addRecording, ...options });
      hosts.push(host);
      return host;
    }

    it.each(['/recorded', '/recorded-by-hand'])(
      'a sign-in that is recorded begins then: %s',
      async (path) => {
        const host = open();
        const user = host.addUser();
        await host.mfa.sessionsOf(user.id).endAll();
        // The first request of the process: nothing of it was seen.
        const agent = host.visit();
        expect((await agent.send(`${path}/${user.id}`)).status).toBe(200);
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
        expect((await agent.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
        expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
        await host.mfa.sessionsOf(user.id).endAll();
        expect((await agent.getJson('/inside')).status).toBe(401);
      },
    );

    it('a reset that signs the person in ends the other sessions, and its mailbox is no factor', async () => {
      const host = open({ mfa: { email: createOutbox({ clock: createClock() }).email } });
      const user = host.addUser();
      const [agent, other] = [host.visit(), host.visit()];
      for (const browser of [agent, other]) await browser.send(`/in/${user.id}`);
      await agent.send(`/reset-and-in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      expect((await other.getJson('/inside')).status).toBe(401);
      const refused = await agent.postJson('/mfa/enroll/email', { email: user.email });
      expect([refused.status, refused.body.because]).toEqual([403, 'same-channel']);
      expect((await agent.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
    });

    it('a recorded sign-in over an ended session is new', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      await host.mfa.sessionsOf(user.id).endAll();
      await agent.send(`/in/${user.id}`);
      expect((await agent.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
      await agent.send(`/in/${user.id}`);
      await host.mfa.sessionsOf(user.id).endAll();
      await agent.send(`/recorded/${user.id}`);
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
    });

    it('a continued session keeps its age, and an ended one stays ended', async () => {
      const host = open();
      const user = host.addUser();
      const agent = host.visit();
      await agent.send(`/in/${user.id}`);
      host.clock.advance(600_000);
      const refused = await agent.send('/record');
      expect([refused.status, refused.text]).toEqual([
        500,
        expect.stringContaining('Call it after req.login'),
      ]);
      await agent.send(`/record/${user.email}`);
      expect((await agent.postJson('/mfa/enroll/totp')).body).toMatchObject({ outcome: 'challenge' });
      await host.mfa.sessionsOf(user.id).endAll();
      await agent.send(`/record/${user.email}`);
      expect((await agent.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
    });

    it('a visitor who is not signed in can be recorded with an address alone', async () => {
      const host = open();
      const agent = host.visit();
      expect((await agent.send('/record')).status).toBe(500);
      expect((await agent.send('/record/ada@shop.example')).status).toBe(200);
      expect((await agent.send('/record/nobody')).status).toBe(500);
    });

    it('an address recorded before, during or after the sign-in counts in the session', async () => {
      const host = open({ mfa: { email: createOutbox({ clock: createClock() }).email } });
      const user = host.addUser({ hasPassword: false });
      const agent = host.visit();
      await agent.send('/record/first@shop.example');
      await agent.send(`/recorded/${user.id}`);
      await agent.send('/record/second@shop.example');
      for (const email of ['first@shop.example', 'Second@shop.example']) {
        const refused = await agent.postJson('/mfa/enroll/email', { email });
        expect([email, refused.status, refused.body.because]).toEqual([email, 403, 'same-channel']);
      }
      const other = await agent.postJson('/mfa/enroll/email', { email: user.email });
      expect(other.body.outcome).toBe('enrollment-started');
    });
  });

  it('the old names still work', async () => {
    const host = openSessionHost({
      records,
      state,
      sessions: 'ours',
      addRoutes({ app, mfa }) {
        app.post('/note', (req, res, next) => {
          mfa
            .noteFirstFactor(req, { channel: 'email', address: 'ada@shop.example' })
            .then(() => res.json({ done: true }), next);
        });
      },
    });
    hosts.push(host);
    expect((await host.visit().post('/note')).status).toBe(200);
    const user = host.addUser();
    await host.mfa.notePasswordReset(user.id, { channel: 'email', address: user.email });
    const { spentChannel } = await records.findMember(user.id, user.organizationId);
    expect(spentChannel?.until).toBe(host.clock.now() + 3_600_000);
  });
});
