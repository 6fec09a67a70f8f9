import {
  createAdminHost,
  enrollApp,
  signIn,
  signInToChange,
  signInWithPlantedApp,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import { adminRoutes } from '../../support/admin-routes';
import type { AdminRouteCase } from '../../support/admin-routes';
import { shapeOfAnswer } from '../../support/answer-shape';
import type { HttpAgent } from '../../support/http-agent';
import { openTracedStores } from '../../support/store-trace';
import type { TracedStores } from '../../support/store-trace';

// The attack: an administrator of one organization types ids of another one and ids that exist nowhere, and compares how the
// answers look and how long they take, to learn who is a member elsewhere and what they have. What takes time is asked of Redis:
// where the same is asked, in the same order, the answers take the same.

const OWN = '/admin/mfa/initech';

let stores: TracedStores;
let host: AdminHost;
/** Root of initech, who has just given the password again. */
let proven: HttpAgent;
/** Another session of the same, which may only look. */
let reading: HttpAgent;
/** Alan of acme, and what he has. */
let idsOfAlan: readonly string[];

beforeAll(async () => {
  stores = await openTracedStores();
  const { records, state } = stores;
  host = createAdminHost({ records, state });
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  await host.mfa.members.exempt(
    { userId: 'alan', organizationId: 'acme', actorId: 'ada' },
    { reason: 'sync', until: host.clock.now() + 86_400_000 },
  );
  await enrollApp(host, await signInToChange(host, 'alan'));
  reading = await signIn(host, 'root');
  proven = await signInToChange(host, 'root');
  const sessions = await state.listSessions('alan');
  const { authenticators } = await records.findMember('alan', 'acme');
  idsOfAlan = ['alan', ...sessions.map(({ handle }) => handle), ...authenticators.map(({ id }) => id)];
});

afterAll(async () => {
  await host.mfa.settled();
  await stores.stop();
});

function send(agent: HttpAgent, { method, path, body }: AdminRouteCase, json: boolean) {
  if (method === 'GET') return json ? agent.getJson(path) : agent.get(path);
  return json ? agent.postJson(path, body) : agent.post(path, body);
}

interface ChallengeHint {
  readonly agent: HttpAgent;
  readonly json: boolean;
  /** With the id in its address. */
  readonly route: AdminRouteCase;
  readonly id: string;
}

/** All that can be told of one request: the answer, and what was asked of Redis. */
async function watch({ agent, json, route, id }: ChallengeHint) {
  await agent.csrfToken();
  await host.mfa.settled();
  let answer;
  const trace = await stores.trace(async () => {
    answer = shapeOfAnswer(await send(agent, route, json), id);
    await host.mfa.settled();
  });
  return { answer, trace };
}

/** An id as long as another, which exists nowhere. */
const nowhere = (id: string) => id.split('').toReversed().join('');

/** Asks for an id and for one that is nobody's, by a fresh proof and without, as a page and as JSON. */
async function expectAlike(
  id: string,
  routeOf: (id: string) => AdminRouteCase,
  status: number,
): Promise<void> {
  for (const agent of [proven, reading]) {
    for (const json of [true, false]) {
      const ask = (one: string) => watch({ agent, json, route: routeOf(one), id: one });
      // The first of its kind carries the texts of its scripts, and the same refusal is stored once a minute.
      await ask(`x${id.slice(1)}`);
      const ofNobody = await ask(nowhere(id));
      expect(await ask(id)).toEqual(ofNobody);
      expect(ofNobody.trace.commands.length).toBeGreaterThan(0);
      if (agent === proven) expect(ofNobody.answer).toMatchObject({ status });
    }
  }
}

const PLACE = 'ID';
const placed = (route: AdminRouteCase, id: string) => ({ ...route, path: route.path.replace(PLACE, id) });
const named = (routes: readonly AdminRouteCase[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('an id of another organization', () => {
  it('is there to be found', async () => {
    const { agent: owner } = await signInWithPlantedApp(host, 'ada');
    expect((await owner.getJson('/admin/mfa/acme/members/alan')).body).toMatchObject({
      member: { mfa: { configured: true, exemption: { reason: 'sync' } }, sessions: 1 },
    });
    expect(idsOfAlan).toHaveLength(3);
  });

  it.each(named(adminRoutes(PLACE).filter(({ member }) => member === true)))(
    'is nobody’s at %s, in the same words after the same work',
    async (_name, route) => {
      const path = `${OWN}${route.path}`;
      for (const id of idsOfAlan) await expectAlike(id, (one) => placed({ ...route, path }, one), 404);
    },
  );

  it.each(named(adminRoutes('alan')))(
    'is no organization at %s, in the same words after the same work',
    async (_name, route) => {
      await expectAlike('acme', (id) => ({ ...route, path: `/admin/mfa/${id}${route.path}` }), 404);
    },
  );

  it.each(['/events?user=', '/events.csv?user='])(
    'finds nothing at %s, in the same words after the same work',
    async (path) => {
      for (const id of idsOfAlan)
        await expectAlike(id, (one) => ({ method: 'GET', path: `${OWN}${path}${one}` }), 200);
    },
  );
});
