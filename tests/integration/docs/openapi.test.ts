import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAdminHost, type AdminHost } from '../../support/admin-host';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { OPENAPI_PATH, readOpenApi } from '../../support/openapi';
import { listRoutes } from '../../support/route-inventory';
import {
  administer,
  changeSettings,
  enrollEverything,
  lockAndUnlock,
  signInElsewhere,
  usePasskey,
  type Visitor,
} from './openapi-walks';

const { routes, faultsOf } = readOpenApi();

/** Twilio calls it, and answers with XML. */
const NOT_JSON = /\/\*$|^POST \/mfa\/sms-status$/;

const PARAMETERS: Readonly<Record<string, string>> = {
  organizationId: 'acme',
  userId: 'mary',
  act: 'assign',
};

interface Sent {
  readonly method: 'GET' | 'POST';
  /** As in the document, with a query. */
  readonly path: string;
  readonly id?: string;
  readonly body?: object;
}

const called = new Set<string>();

/** Sends a request and holds the answer against the document. */
async function call(agent: HttpAgent, { method, path, id = 'unknown', body }: Sent, token = true) {
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? id);
  const post = () => (token ? agent.postJson(target, body) : agent.send(target, body));
  const answer = method === 'GET' ? await agent.getJson(target) : await post();
  const described = path.split('?')[0] ?? '';
  const { status, type } = answer;
  const faults = faultsOf({ method, path: described }, { status, type, body: answer.body });
  expect({ method, target, status, body: answer.body, faults }).toMatchObject({ faults: [] });
  if (status === 200) called.add(`${method} ${described}`);
  return answer;
}

/** Somebody in a browser of their own, who is answered as the document says. */
function visit(host: AdminHost): Visitor {
  const agent = createHttpAgent(host.app);
  return {
    get: (path: string, id?: string) => call(agent, { method: 'GET', path, ...(id ? { id } : {}) }),
    post: (path: string, body: object = {}, id?: string) =>
      call(agent, { method: 'POST', path, body, ...(id ? { id } : {}) }),
  };
}

describe('docs/openapi.json', () => {
  let host: AdminHost;
  beforeAll(async () => {
    host = createAdminHost({
      passkeys: { signIn: true },
      directory: { maySignIn: () => true },
    });
    const methods = ['passkey', 'totp', 'email', 'sms'];
    const rules = { enrollment: 'optional', skips: 3, rememberBrowserSeconds: 86_400 } as const;
    await host.mfa.policies.save('acme', { enabled: true, methods, ...rules });
  });
  afterAll(() => host.mfa.close());

  it('is a valid OpenAPI document', async () => {
    const command = join(__dirname, '../../../node_modules/.bin/validate-api');
    const { stdout } = await promisify(execFile)(command, [OPENAPI_PATH]);
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toEqual({ valid: true });
  });

  it('describes every route of our pages, and no other', () => {
    const served = listRoutes(host.app)
      .filter(({ path }) => /^(\/admin)?\/mfa(\/|$)/.test(path))
      .flatMap(({ path, methods }) =>
        methods.map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
      )
      .filter((route) => !NOT_JSON.test(route));
    expect(served.length).toBeGreaterThan(50);
    const described = routes.map(({ method, path }) => `${method} ${path}`);
    const help = 'Add an operation for each new route to docs/openapi.json, and remove those of old ones.';
    const notDescribed = served.filter((route) => !described.includes(route));
    const notServed = described.filter((route) => !served.includes(route));
    expect({ help, notDescribed, notServed }).toEqual({ help, notDescribed: [], notServed: [] });
  });

  it('notices a field that is missing, and allows one that is new', () => {
    const route = { method: 'POST', path: '/mfa/logout' } as const;
    const answer = { status: 200, type: 'application/json' };
    const body = { outcome: 'signed-out', next: '/', added: true };
    expect(faultsOf(route, { ...answer, body })).toEqual([]);
    expect(faultsOf(route, { ...answer, body: { outcome: 'signed-out' } })).not.toEqual([]);
    expect(faultsOf(route, { ...answer, body: { ...body, outcome: 'signed-in' } })).not.toEqual([]);
    expect(faultsOf(route, { ...answer, status: 301, body })).not.toEqual([]);
  });

  it('describes the refusal of every route to strangers', async () => {
    const refusing = routes.filter(({ refuses }) => refuses);
    expect(refusing.length).toBeGreaterThan(50);
    for (const { method, path } of refusing) {
      const { status } = await call(createHttpAgent(host.app), { method, path }, false);
      expect({ path, status, refused: status >= 400 && status < 500 }).toMatchObject({ refused: true });
    }
  });

  it('describes the answers of every route to people who use it', async () => {
    const mary = visit(host);
    const elsewhere = visit(host);
    await elsewhere.get('/mfa/login');
    const secret = await enrollEverything(host, mary);
    await signInElsewhere(host, elsewhere, secret);
    await changeSettings(mary, elsewhere);
    await usePasskey(host, visit(host), visit(host));
    await lockAndUnlock(host, visit(host));
    await administer(host, visit(host));
    const neverCalled = routes.map(({ method, path }) => `${method} ${path}`).filter((it) => !called.has(it));
    const help = 'Call each new route in a walk of openapi-walks.ts, so that it answers 200 there.';
    expect({ help, neverCalled }).toEqual({ help, neverCalled: [] });
  });
});
