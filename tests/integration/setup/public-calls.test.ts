import { join } from 'node:path';
import { exports as exported } from '../../../package.json';
import * as index from '../../../src/index';
import { createMfa, createOutbox, memoryRecords, memoryState, type MfaOptions } from '../../../src/index';
import { createClock } from '../../support/clock';
import { TEST_KEY } from '../../support/portal';

// Everything that a host can call is found by walking what it is given. A function without a line in EXAMPLES fails, and each is
// called with everything that its line can get wrong: nothing may be done by any of it.

type Call = (...given: readonly unknown[]) => unknown;

interface Example {
  /** Arguments that are accepted. */
  readonly given: readonly unknown[];
  /** How many of them cannot be left out. */
  readonly required: number;
}

interface Person {
  readonly id: string;
  readonly organizationId: string;
}

let storeCalls: string[] = [];

/** Notes whatever is asked of a store. */
function noting<Store extends object>(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      return (...given: readonly unknown[]) => {
        storeCalls.push(String(name));
        return Reflect.apply(found, target, given);
      };
    },
  });
}

const clock = createClock();
const outbox = createOutbox({ clock });
const person: Person = { id: 'ada', organizationId: 'acme' };
const hostOptions: MfaOptions<Person> = {
  issuer: 'Acme Portal',
  baseUrl: 'http://localhost',
  keys: [TEST_KEY],
  records: noting(memoryRecords()),
  state: noting(memoryState()),
  users: {
    findById: (id) => (id === 'ada' ? person : null),
    list: async () => ({ users: [person] }),
  },
  email: outbox.email,
  clock,
};
const mfa = createMfa<Person>(hostOptions);

const member = { userId: 'ada', organizationId: 'acme', actorId: 'root' };
const actor = { actorId: 'root' };
const someone = { userId: 'ada', organizationId: 'acme' };
const origin = { address: '192.0.2.7', userAgent: 'Firefox' };
const answer = { challengeId: 'a-challenge', code: '123456', origin };
const req = { headers: {} };
const until = clock.now() + 86_400_000;
const redisClient = { pipeline: () => undefined, call: () => undefined };
/** A thing of the host's, as `pg` gives it. */
class Pool {
  connect(): void {}
  query(): void {}
}
const redisExample: Example = { given: [redisClient, { prefix: 'mfa', timeoutMs: 500 }], required: 1 };

const call = (required: number, ...given: readonly unknown[]): Example => ({ given, required });

const EXAMPLES: Readonly<Record<string, Example>> = {
  'mfa.policies.get': call(1, 'acme'),
  'mfa.policies.save': call(
    2,
    'acme',
    {
      organizationId: 'acme',
      version: 0,
      enabled: false,
      enrollment: 'required',
      methods: ['totp'],
      enrollAtSignUp: true,
      backupPhone: true,
      graceUntil: until,
      skips: 3,
      rememberBrowserSeconds: 60,
      sessionDurationSeconds: 3600,
      idleTimeoutSeconds: 60,
      challengeFederated: true,
      smsFallback: false,
      newBrowserNotice: false,
    },
    { ...actor, expectedVersion: 0 },
  ),
  'mfa.policies.endAllSessions': call(1, 'acme', { ...actor, reason: 'A key has leaked' }),
  'mfa.members.get': call(1, member),
  'mfa.members.save': call(2, member, { enabled: true, assignedKind: 'totp', skipsUsed: 0, exemption: null }),
  'mfa.members.exempt': call(2, member, {
    reason: 'Nightly export',
    until,
    grantedBy: 'root',
    grantedAt: clock.now(),
  }),
  'mfa.members.list': call(0, {
    organizationId: 'acme',
    filter: 'not-configured',
    query: 'ada',
    cursor: 'd.7',
    limit: 10,
  }),
  'mfa.members.describe': call(1, member),
  'mfa.members.explain': call(1, member, { maxAgeSeconds: 300 }),
  'mfa.members.report': call(0, { organizationId: 'acme' }),
  'mfa.members.remind': call(1, member),
  'mfa.members.changeMany': call(
    2,
    { organizationId: 'acme', userIds: ['ada'], filter: 'all', query: 'ada', ...actor },
    { act: 'remind', assignedKind: 'totp', reason: 'Move', until },
  ),
  'mfa.members.findProgress': call(1, { organizationId: 'acme', act: 'remind' }),
  'mfa.members.endExemption': call(1, member, { reason: 'The export is gone' }),
  'mfa.members.reset': call(2, member, { reason: 'The phone is lost' }),
  'mfa.members.unlock': call(1, member, { reason: 'Called back', everywhere: true }),
  'mfa.authenticators.list': call(1, 'ada'),
  'mfa.authenticators.begin': call(2, someone, {
    kind: 'email',
    address: 'ada@acme.example',
    challengeId: 'a-challenge',
  }),
  'mfa.authenticators.import': call(1, [{ userId: 'ada', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }], {
    ...actor,
    reason: 'Moved from our own login',
    dryRun: true,
    dangerouslyAllowWeakSecrets: false,
  }),
  'mfa.authenticators.confirm': call(2, someone, { ...answer, label: 'My phone', endOthers: false }),
  'mfa.challenges.begin': call(1, someone, { authenticatorId: 'on-file-email', challengeId: 'a-challenge' }),
  'mfa.challenges.answer': call(2, someone, answer),
  'mfa.sessionsOf': call(1, 'ada'),
  'mfa.sessionsOf().list': call(0),
  'mfa.sessionsOf().end': call(1, 'a-handle', actor),
  'mfa.sessionsOf().endAll': call(0, { ...actor, reason: 'The laptop was stolen' }),
  'mfa.recordPasswordReset': call(2, 'ada', { channel: 'email', address: 'ada@acme.example' }),
  'mfa.notePasswordReset': call(2, 'ada', { channel: 'email', address: 'ada@acme.example' }),
  'mfa.resealAll': call(0, {
    organizationId: 'acme',
    userIds: ['ada'],
    cursor: 'a-cursor',
    batchSize: 10,
    onBatch: () => undefined,
  }),
  'mfa.migrate': call(0),
  'mfa.migrationSql': call(0),
  'mfa.events.on': call(2, 'signed-in', () => undefined),
  'mfa.events.off': call(2, 'event', () => undefined),
  'mfa.events.settled': call(0),
  'mfa.users.forget': call(1, '7', { organizationIds: ['acme'] }),
  'mfa.organizations.forget': call(1, 'acme'),
  'mfa.events.query': call(0, {
    organizationId: 'acme',
    query: 'ada',
    userId: '7',
    name: 'signed-in',
    severity: 'info',
    from: 0,
    to: clock.now(),
    cursor: '7',
    limit: 10,
  }),
  'mfa.sessions': call(0, { store: memoryState().createSessionStore(), cookieName: 'session' }),
  'mfa.strategy': call(1, () => false, {
    usernameField: 'email',
    passwordField: 'secret',
    passReqToCallback: true,
  }),
  'mfa.pages': call(0),
  'mfa.adminPages': call(1, {
    organizationsOf: () => [],
    administratorsOf: () => [],
    clientWarning: 'The nightly export cannot ask for a code.',
  }),
  'mfa.guard': call(0, { anonymous: 'pass', logoutPaths: ['/logout'] }),
  'mfa.requireStepUp': call(1, { maxAgeSeconds: 300 }),
  'mfa.relatedOrigins': call(0),
  'mfa.passwordApi': call(0, { authenticate: () => false }),
  'mfa.describeSession': call(1, req),
  'mfa.startOnboarding': call(1, req, { returnTo: '/welcome' }),
  'mfa.recordFirstFactor': call(1, req, { channel: 'email', address: 'ada@acme.example' }),
  'mfa.noteFirstFactor': call(2, req, { channel: 'email', address: 'ada@acme.example' }),
  'mfa.recordPasswordChange': call(1, 'ada', { keep: req, notify: false }),
  'mfa.csrfToken': call(1, req),
  'mfa.requireCsrfToken': call(0),
  'mfa.check': call(0, { app: { get: () => 1 }, userIds: ['ada'] }),
  'mfa.retryNotices': call(0),
  'mfa.settled': call(0),
  'mfa.close': call(0),
  createMfa: call(1, hostOptions),
  createOutbox: call(0, { clock }),
  memoryRecords: call(0),
  memoryState: call(0),
  memoryStores: call(0),
  postgresRecords: call(1, new Pool(), { schema: 'express_mfa', timeoutMs: 500 }),
  redisRecords: redisExample,
  redisState: redisExample,
  redisStores: redisExample,
  smtpEmail: call(1, { transport: { sendMail: () => undefined }, from: 'no-reply@acme.example' }),
  twilioSms: call(1, {
    client: { messages: { create: () => undefined } },
    from: '+15005550006',
    authToken: 'token',
  }),
};

/** Every entry point of the package that an app uses. */
const ENTRIES = Object.keys(exported)
  .filter((entry) => !entry.endsWith('.json') && entry !== './testing')
  .map((entry): object => require(join('../../../src', entry === '.' ? 'index' : entry)));

/** Classes are not called, and a value is no call. */
const isCall = (value: unknown): value is Call =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

function walk(api: object, prefix: string): [path: string, call: Call][] {
  return Object.entries(api).flatMap(([name, value]: [string, unknown]) => {
    if (isCall(value)) return [[prefix + name, value]];
    return typeof value === 'object' && value !== null && prefix !== ''
      ? walk(value, `${prefix}${name}.`)
      : [];
  });
}

const CALLS: [path: string, call: Call][] = [
  ...walk(mfa, 'mfa.'),
  ...walk(mfa.sessionsOf('ada'), 'mfa.sessionsOf().'),
  ...ENTRIES.flatMap((entry) => walk(entry, '')),
];

const exampleOf = (path: string): Example => {
  const example = EXAMPLES[path];
  if (example === undefined) throw new Error(`${path} has no line in EXAMPLES.`);
  return example;
};

async function refusalOf(act: Call, given: readonly unknown[]): Promise<unknown> {
  try {
    await act(...given);
    return null;
  } catch (error) {
    return error;
  }
}

async function expectRefusal(act: Call, given: readonly unknown[], message?: string): Promise<void> {
  const before = storeCalls.length;
  const error = await refusalOf(act, given);
  expect({ given, error }).toMatchObject({ error: { name: 'ConfigurationError' } });
  if (message !== undefined) expect(String(error)).toContain(message);
  expect(storeCalls.slice(before)).toEqual([]);
}

/** Values of other types than the example's. */
function wrongFor(example: unknown): readonly unknown[] {
  const always = [null, true, Symbol('odd'), [Symbol('odd')], Promise.resolve(example), new Date(0)];
  const more: ReadonlyMap<string, readonly unknown[]> = new Map([
    ['string', ['', {}, () => 'text', Number.NaN, 1.5, Object.create(null)]],
    ['number', ['1', {}, Number.NaN, Number.POSITIVE_INFINITY, () => 1]],
    ['boolean', ['true', 1, {}]],
    ['function', ['text', 7, {}]],
  ]);
  const odd = more.get(typeof example) ?? ['text', 7, () => undefined];
  return [...always, ...odd].filter((value) => typeof value !== 'boolean' || typeof example !== 'boolean');
}

const isNullable = (path: string, name: string): boolean =>
  /^mfa\.(policies\.save|members\.save|members\.changeMany)$/.test(path) &&
  ['graceUntil', 'skips', 'idleTimeoutSeconds', 'assignedKind', 'exemption'].includes(name);

/** Typed by people or sent back by clients: an empty text is told as any other that is wrong. */
const mayBeEmpty = (path: string, name: string): boolean =>
  ['returnTo', 'query'].includes(name) ||
  (/^mfa\.(challenges|authenticators)\./.test(path) &&
    ['challengeId', 'authenticatorId', 'code', 'label', 'address'].includes(name));

/** Options whose value is a thing of the host's are looked at no further than the methods that are called. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A slip of the keyboard: the last letter twice. */
const misspelled = (name: string): string => `${name}${name.slice(-1)}`;

describe('what a host can call', () => {
  afterAll(() => mfa.close());

  it('is listed here, and nothing else is', () => {
    expect(CALLS.map(([path]) => path).toSorted()).toEqual(Object.keys(EXAMPLES).toSorted());
  });

  describe.each(CALLS)('%s', (path, act) => {
    it('takes what it should', async () => {
      const error = await refusalOf(act, exampleOf(path).given);
      expect(error).not.toBeInstanceOf(index.ConfigurationError);
    });

    it('refuses to be called with too little or too much', async () => {
      const { given, required } = exampleOf(path);
      for (let count = 0; count < required; count += 1) {
        // oxlint-disable-next-line no-await-in-loop
        await expectRefusal(act, given.slice(0, count));
      }
      if (path.startsWith('mfa.') || path.startsWith('memory')) await expectRefusal(act, [...given, 'more']);
    });

    it('refuses arguments of another type', async () => {
      const { given } = exampleOf(path);
      for (const [index, argument] of given.entries()) {
        for (const wrong of wrongFor(argument)) {
          // oxlint-disable-next-line no-await-in-loop
          await expectRefusal(act, given.with(index, wrong));
        }
      }
    });

    it('refuses names that it does not know, and says which was meant', async () => {
      const { given } = exampleOf(path);
      for (const [index, argument] of given.entries()) {
        if (!isPlain(argument) || argument === req || argument === redisClient) continue;
        const changed = (fields: object) => given.with(index, { ...argument, ...fields });
        for (const name of Object.keys(argument)) {
          // oxlint-disable-next-line no-await-in-loop
          await expectRefusal(act, changed({ [misspelled(name)]: argument[name] }), name);
        }
        // oxlint-disable-next-line no-await-in-loop
        await expectRefusal(act, changed({ xyzzy: 1 }), 'xyzzy');
      }
    });

    it('refuses fields of another type', async () => {
      const { given } = exampleOf(path);
      for (const [index, argument] of given.entries()) {
        if (!isPlain(argument) || argument === req || argument === redisClient) continue;
        for (const [name, value] of Object.entries(argument)) {
          for (const wrong of wrongFor(value)) {
            if (wrong === null && isNullable(path, name)) continue;
            if (wrong === '' && mayBeEmpty(path, name)) continue;
            // oxlint-disable-next-line no-await-in-loop
            await expectRefusal(act, given.with(index, { ...argument, [name]: wrong }));
          }
        }
      }
    });
  });
});
