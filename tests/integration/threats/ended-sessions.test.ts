import { getHeld, postHeld } from '../../support/held-visit';
import type { HttpAgent } from '../../support/http-agent';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost, SessionUser } from '../../support/session-host';
import { allStoreKinds } from '../../support/store-kinds';

// The attack: somebody holds a cookie of a person whose sessions are ended, and looks for a way by which it is still good: one that no
// guarded page has seen, one that a request under way writes back, one that a route of the host renews or copies.

const BEGINNINGS = {
  'the strategy': (agent: HttpAgent, { username, password }: SessionUser) =>
    agent.send('/login', { username, password }),
  'req.login': (agent: HttpAgent, { id }: SessionUser) => agent.send(`/in/${id}`),
  'no req.login': (agent: HttpAgent, { id }: SessionUser) => agent.send(`/plant/${id}`),
  'no req.login, under a new id': (agent: HttpAgent, { id }: SessionUser) => agent.send(`/plant-anew/${id}`),
} as const;
type Beginning = keyof typeof BEGINNINGS;
const beginnings = Object.keys(BEGINNINGS) as Beginning[];

const PERSONS = [
  { fields: {}, enabled: true },
  { fields: { federated: true }, enabled: true },
  { fields: {}, enabled: false },
];

const HAPPENINGS = ['nothing', 'a request under way', '/copy', '/copy-passport', '/refresh'] as const;

/** `mfa.sessions()` sees every login; with sessions of the host a process sees none before its first request to our middleware. */
const casesWith = (sessions: 'ours' | 'of the host') =>
  beginnings.flatMap((beginning) =>
    [true, false].flatMap((isUsed) =>
      (sessions === 'ours' ? [true] : [true, false]).flatMap((isWatched) =>
        HAPPENINGS.map((happening) => {
          const name = `${beginning}, ${isUsed ? 'used' : 'never used'}${isWatched ? '' : ', in a new process'}; ${happening}`;
          return { name, beginning, isUsed, isWatched, happening };
        }),
      ),
    ),
  );

/** The session cookie as the agent holds it now. */
const cookieOf = (agent: HttpAgent) => ({ cookie: `session=${agent.cookie('session') ?? ''}`, token: '' });

async function expectDead(host: SessionHost, held: ReturnType<typeof cookieOf>): Promise<void> {
  expect((await getHeld(host.app, held, '/describe')).body).toEqual({ described: null });
  const inside = await getHeld(host.app, held, '/inside');
  expect([inside.status, inside.body.outcome]).toEqual([401, 'sign-in']);
  expect((await getHeld(host.app, held, '/mfa/state')).body.signedIn).toBe(false);
}

describe.each(allStoreKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    let turn = 0;

    function openHost(): SessionHost {
      const host = openSessionHost({ records, state, sessions });
      hosts.push(host);
      return host;
    }

    const watched = openHost();
    beforeAll(() => watched.visit().getJson('/inside'));

    async function open(isWatched: boolean) {
      const host = isWatched ? watched : openHost();
      turn += 1;
      const { fields = {}, enabled = true } = PERSONS[turn % PERSONS.length] ?? {};
      const user = host.addUser(fields);
      await host.mfa.policies.save(user.organizationId, { enabled, enrollment: 'assigned' });
      const isOfOrganization = turn % 2 === 0;
      const end = () =>
        isOfOrganization
          ? host.mfa.policies.endAllSessions(user.organizationId)
          : host.mfa.sessionsOf(user.id).endAll();
      return { host, user, end };
    }

    it.each(casesWith(sessions))(
      'lets nobody in after the end: begun by $name',
      async ({ beginning, isUsed, isWatched, happening }) => {
        const { host, user, end } = await open(isWatched);
        const agent = host.visit();
        const begin = BEGINNINGS[beginning];
        await begin(agent, user);
        if (isUsed) expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
        const held = cookieOf(agent);
        const gate = host.holdGate();
        const underWay = happening === 'a request under way' ? postHeld(host.app, held, '/slow') : null;
        if (underWay !== null) await gate.entered;
        await end();
        gate.leave();
        if (underWay !== null) expect((await underWay).body).toEqual({ slow: true });
        if (happening.startsWith('/')) {
          await agent.send(happening);
          await expectDead(host, cookieOf(agent));
        }
        await expectDead(host, held);
        // A sign-in that is not seen may have come before the end: it is asked for once more, and that is all.
        await begin(agent, user);
        if (beginning.startsWith('no')) {
          expect((await agent.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
          await begin(agent, user);
        }
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      },
    );

    it.each(beginnings)('lets somebody sign in again in another browser, by %s', async (beginning) => {
      const { host, user, end } = await open(true);
      await end();
      const agent = host.visit();
      await BEGINNINGS[beginning](agent, user);
      if (beginning.startsWith('no')) {
        // Nobody knows whether that was before the end or after it.
        expect((await agent.getJson('/inside')).body).toMatchObject({ because: 'session-ended' });
        await BEGINNINGS[beginning](agent, user);
      }
      expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
      for (const renew of ['/copy', '/copy-passport', '/refresh']) {
        await agent.send(renew);
        expect([renew, (await agent.getJson('/inside')).body]).toEqual([renew, { inside: user.id }]);
      }
      expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
    });
  });
});
