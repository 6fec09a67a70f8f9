import type { CrawledApp } from '../../../support/crawled-app';
import { adminRoutes } from '../../../support/admin-routes';
import { DEMO_PASSWORD } from '../../../support/example-app';
import type { RawAnswer } from '../../../support/raw-request';
import { fillPath, listRoutes } from '../../../support/route-inventory';
import type { ListedRoute } from '../../../support/route-inventory';
import { expectedAnswer, isSafe, METHODS } from './doors';
import type { Method } from './doors';
import type { Visit } from './entrances';
import type { State } from './states';
import { faultsOf } from './judge';
import type { Observed } from './judge';

type Accept = Observed['accept'];
const ACCEPTS = { html: 'text/html', json: 'application/json' } as const;

/** One visitor in one state, who tries everything. Resolves with what was answered otherwise than the table says. */
export async function crawl(app: CrawledApp, state: State): Promise<readonly string[]> {
  const walker = await startWalker(app, state);
  const faults: string[] = [];
  for (const route of listRoutes(app.app)) {
    for (const request of requestsTo(route)) {
      const found = await walker.tryOne(route, request);
      faults.push(...found.map((fault) => `${describe(route, request)}: ${fault}`));
    }
  }
  return faults;
}

interface Try {
  readonly method: Method;
  readonly accept: Accept;
  readonly withToken: boolean;
}

/** Without the token only what there is to forge: what no route serves is refused with it, too. */
function* requestsTo(route: ListedRoute): Generator<Try> {
  for (const method of METHODS) {
    for (const accept of ['json', 'html'] as const) {
      yield { method, accept, withToken: true };
      if (!isSafe(method) && route.methods.includes(method)) yield { method, accept, withToken: false };
    }
  }
}

const describe = ({ path }: ListedRoute, { method, accept, withToken }: Try): string =>
  `${method} ${path} as ${accept}${withToken ? '' : ' without the token'}`;

async function startWalker(app: CrawledApp, state: State) {
  let visit = await state.enter(app);
  let session = app.sessionOf(visit.cookie);
  await app.mfa.settled();
  app.takeWrites();

  /** What a request was let do must not stand in the way of the next. */
  async function enterAgain(): Promise<void> {
    visit = await state.enter(app);
    session = app.sessionOf(visit.cookie);
    await app.mfa.settled();
    app.takeWrites();
  }

  return {
    async tryOne(route: ListedRoute, request: Try): Promise<readonly string[]> {
      const expected = expectedAnswer(state.reach, route, request);
      const sent = app.outbox.messages.length;
      const answer = await app.send(toRequest(visit, route, request));
      await app.mfa.settled();
      const writes = app.takeWrites();
      const observed: Observed = {
        ...request,
        path: route.path,
        visit,
        answer,
        writes,
        sent: app.outbox.messages.length - sent,
        before: session,
        after: app.sessionOf(visit.cookie),
        given: givenSession(app, visit, answer),
      };
      const faults = faultsOf(expected, observed);
      if (writes.length > 0) await enterAgain();
      else if (session !== undefined) app.restoreSession(visit.cookie, session);
      return faults;
    },
  };
}

/** The session of a cookie that came with the answer, where it is another one. */
function givenSession(app: CrawledApp, visit: Visit, { headers }: RawAnswer): string | undefined {
  const cookie = headers['set-cookie']?.find((text) => text.startsWith('session=s'))?.split(';')[0];
  return cookie === undefined || visit.cookie.includes(cookie) ? undefined : app.sessionOf(cookie);
}

function toRequest(visit: Visit, { path }: ListedRoute, { method, accept, withToken }: Try) {
  const headers: Record<string, string> = { cookie: visit.cookie, accept: ACCEPTS[accept] };
  if (withToken) headers['x-csrf-token'] = visit.token;
  const target = { path: fillPath(path, visit.values), method, headers };
  if (isSafe(method)) return target;
  const fields = (accept === 'json' ? fieldsOfAdminRoute(target.path) : undefined) ?? everyField(visit);
  const body = accept === 'json' ? JSON.stringify(fields) : new URLSearchParams(asForm(fields)).toString();
  headers['content-type'] = accept === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  headers['content-length'] = String(Buffer.byteLength(body));
  return { ...target, body };
}

/** A registration as a browser sends it, with nothing in it that could be verified. */
const REGISTRATION = JSON.stringify({
  id: 'bWluZQ',
  rawId: 'bWluZQ',
  type: 'public-key',
  response: { clientDataJSON: 'e30', attestationObject: 'oA' },
});

/** Everything that any form takes, and all of it right: a refusal must not rest on what was typed. */
function everyField(visit: Visit): Readonly<Record<string, unknown>> {
  const administrators = Object.assign({}, ...adminRoutes('mary').map(({ body }) => body)) as object;
  return {
    ...administrators,
    username: 'ada@acme.example',
    password: DEMO_PASSWORD,
    code: visit.code,
    response: REGISTRATION,
    phone: '+12025550199',
    email: 'second@acme.example',
    label: 'Mine',
    saved: 'yes',
    authenticatorId: visit.values['authenticators/:id'],
  };
}

/** JSON to an administrators' route is refused where it holds a field that the route does not know. */
function fieldsOfAdminRoute(path: string): Readonly<Record<string, unknown>> | undefined {
  if (!path.startsWith('/admin/mfa/')) return undefined;
  const known = adminRoutes('mary').filter(({ method }) => method === 'POST');
  const route = known.find((one) => path.endsWith(one.path));
  return route?.path === '/disable' ? { ...route.body, password: DEMO_PASSWORD } : route?.body;
}

function asForm(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
