import type { RequestListener } from 'node:http';
import type { Policy } from '../../core/policy/policy';
import type { Outbox } from '../../delivery/outbox';
import { fieldsOf } from '../test-agent';
import type { TestClock } from '../test-clock';
import type { AttackAnswer, AttackBrowser, BrowserChange } from './browser';
import { isSafe } from './crawl';
import { listRoutes, type AttackRoute } from './list-routes';
import type { AttackTarget, Probe } from './probe';
import { createStateMachine, type AttackedMfa, type AttackedPerson } from './states';

export interface AttackOptions {
  /** It must use stores of the test, because the policy of the organization and the factors of the person are changed. */
  readonly mfa: AttackedMfa;
  readonly person: AttackedPerson;
  /**
   * Your own first step, such as a form with a password. Default: `POST` to the sign-in page of the package.
   * @example
   * signIn: (browser, { username, password }) => browser.post('/login', { username, password })
   */
  readonly signIn?:
    | ((
        browser: AttackBrowser,
        person: Pick<AttackedPerson, 'username' | 'password'>,
      ) => PromiseLike<unknown>)
    | undefined;
  /** The outbox that receives messages. Without it, messages are not checked. */
  readonly outbox?: Pick<Outbox, 'messages'> | undefined;
  /** The clock of `createMfa`. It is advanced by 30 seconds for each sign-in, because a code is accepted only once. */
  readonly clock: Pick<TestClock, 'now' | 'advance'>;
  /** Requests that cannot be read from the app's routers, or need an id that exists: `GET /orders/17`. */
  readonly routes?: readonly string[] | undefined;
  /** Public routes: `/signup`, `POST /contact`, `/docs/*`. All others must be refused before the second factor. */
  readonly publicRoutes?: readonly string[] | undefined;
  /** Runs only these probes. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Skips a probe (`open-redirect`), or one request of a probe (`csrf POST /api/orders`). */
  readonly skip?: readonly string[] | undefined;
  /** Your own probes, in addition. */
  readonly probes?: readonly Probe[] | undefined;
  /** Sent with every request, such as `{ 'x-forwarded-proto': 'https' }` for an app that expects a proxy. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where `mfa.pages()` is mounted. Default `/mfa`. */
  readonly pagesPath?: string | undefined;
  /** The field of the CSRF token, if your own middleware checks it. Default `_csrf`. */
  readonly csrfField?: string | undefined;
}

const WEEK_SECONDS = 604_800;

/** The number of pages that have to refuse a browser before it counts as signed out. */
const PAGES_LOOKED_AT = 3;

/** Paths below `pagesPath` that require a sign-in. */
const OWN_GUARDED = ['/settings', '/sessions'];

export async function openTarget(
  app: RequestListener,
  options: AttackOptions,
  openBrowser: (change?: BrowserChange) => AttackBrowser,
): Promise<{ readonly target: AttackTarget; readonly restore: () => Promise<void> }> {
  const { mfa, pagesPath = '/mfa', clock, outbox, publicRoutes = [], routes = [] } = options;
  const person = { ...options.person, organizationId: options.person.organizationId ?? 'default' };
  const {
    signIn = (browser, { username, password }) => browser.post(`${pagesPath}/login`, { username, password }),
  } = options;
  const before = await requireSecondFactor(mfa, person.organizationId);

  const named = routes.map(parseRoute);
  const prefixes = named.flatMap(({ path }) => prefixesOf(path));
  const listed = [...named, ...listRoutes(app, [pagesPath, ...prefixes])];
  const isPublic = publicRoutes.map(toMatcher);
  const isOwnOpen = ({ path }: AttackRoute) =>
    isBelow(path, pagesPath) && !OWN_GUARDED.some((own) => isBelow(path, `${pagesPath}${own}`));
  const others = listed.filter((route) => !isOwnOpen(route));
  const isOwn = (path: string) => isBelow(path, pagesPath);
  const guarded = others
    .filter((route) => !isPublic.some((matches) => matches(route)))
    .toSorted((a, b) => Number(isOwn(a.path)) - Number(isOwn(b.path)));
  const open = others.filter((route) => !guarded.includes(route));

  const machine = createStateMachine({
    mfa,
    person,
    pagesPath,
    open: openBrowser,
    firstStep: (browser) => signIn(browser, person),
    clock,
  });
  const inside = await findInside((state) => machine.enter(state), guarded, `${pagesPath}/state`);
  const refusalPaths = await findRefusals(openBrowser(), inside);

  const target: AttackTarget = {
    ...machine,
    pagesPath,
    guarded,
    open,
    isOwn,
    inside,
    person,
    visit: openBrowser,
    async attempt(other, change) {
      const browser = openBrowser(change);
      await signIn(browser, other);
      return browser;
    },
    async isInside(browser) {
      for (const path of inside.slice(0, PAGES_LOOKED_AT))
        if (isPage(await browser.try({ path }))) return true;
      return false;
    },
    isReached(request, answer) {
      const { status, headers } = answer;
      if (request.method === 'OPTIONS') return false;
      if (isPage(answer)) return true;
      if (isSafe(request) || status < 300 || status >= 400) return false;
      const { pathname } = new URL(headers.location ?? '/', 'http://app.invalid');
      return !isBelow(pathname, pagesPath) && !refusalPaths.has(pathname);
    },
    factors: async () => JSON.stringify(await mfa.authenticators.list(person.id)),
    async messages() {
      await mfa.settled();
      return [...(outbox?.messages ?? [])];
    },
  };
  async function restore(): Promise<void> {
    await machine.leave();
    await restorePolicy(mfa, before);
  }
  return { target, restore };
}

const isPage = ({ status }: AttackAnswer): boolean => status >= 200 && status < 300;

async function findInside(
  enter: AttackTarget['enter'],
  guarded: readonly AttackRoute[],
  statePath: string,
): Promise<readonly string[]> {
  const stranger = await enter('anonymous');
  let member = await enter('signed-in');
  const inside: string[] = [];
  for (const { path } of guarded.filter(({ method, asksStepUp }) => method === 'GET' && !asksStepUp)) {
    if (isPage(await stranger.try({ path }))) continue;
    if (isPage(await member.try({ path }))) inside.push(path);
    const { fields } = await member.try({ path: statePath, headers: { accept: 'application/json' } });
    // This GET signed the person out.
    if (fieldsOf(fields['decision'])['outcome'] !== 'allow') member = await enter('signed-in');
  }
  if (inside.length > 0) return inside;
  throw new Error(
    'attack: no page was found that only a signed-in person can open. Name one in `routes`, such as `GET /account`.',
  );
}

/** Paths that anonymous visitors are redirected to, in addition to the pages of the package. */
async function findRefusals(
  stranger: AttackBrowser,
  inside: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const path of inside) {
    const { location } = (await stranger.try({ path })).headers;
    if (location !== undefined) found.add(new URL(location, 'http://app.invalid').pathname);
  }
  return found;
}

async function requireSecondFactor(mfa: AttackedMfa, organizationId: string): Promise<Policy> {
  const before = await mfa.policies.get(organizationId);
  await mfa.policies.save(organizationId, {
    enabled: true,
    enrollment: 'required',
    methods: [...new Set([...before.methods, 'totp'])],
    strength: 'any',
    backupPhone: false,
    graceUntil: null,
    skips: null,
    rememberBrowserSeconds: Math.max(before.rememberBrowserSeconds, WEEK_SECONDS),
  });
  return before;
}

async function restorePolicy(
  mfa: AttackedMfa,
  { version: _version, organizationId, ...rules }: Policy,
): Promise<void> {
  await mfa.policies.save(organizationId, rules);
}

function parseRoute(text: string): AttackRoute {
  const [, method = 'GET', path = '/'] = /^(?:([A-Z]+) )?(\/\S*)$/.exec(text) ?? [];
  return { method, path, declared: path, asksStepUp: false };
}

/** `/signup` matches one path, `/docs/*` all paths below, `POST /contact` one method. */
function toMatcher(text: string): (route: AttackRoute) => boolean {
  const [, method, path = ''] = /^(?:([A-Z]+) )?(\/.*?)$/.exec(text) ?? [];
  return (route) => {
    if (method !== undefined && method !== route.method) return false;
    return [route.path, route.declared].some((one) =>
      path.endsWith('/*') ? isBelow(one, path.slice(0, -2)) : one === path,
    );
  };
}

const isBelow = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

/** `/a/b/c`: `/a`, `/a/b` and `/a/b/c`. */
function prefixesOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
}
