import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { HttpConnection, Reply, Step } from './http-connection';
import { installRivals, SQLITE } from './install-rivals';
import { answerWithPasskey } from './seed-members';
import { startServer, type ServerProcess } from './server-process';
import { emailOf, PASSWORD, totpKeyOf } from './servers/people';

export type SystemName =
  | 'express-mfa'
  | 'express-mfa on PostgreSQL'
  | 'express-mfa by passkey'
  | 'plain-session'
  | 'passport-session'
  | 'hand-written'
  | 'better-auth';

/** A system under measurement: how to start it, and what a person sends to it. */
export interface System {
  readonly name: SystemName;
  start(options: {
    readonly redisUrl: string;
    /** Where the records are, for the system that keeps them there. */
    readonly postgresUrl?: string;
    readonly people: number;
    readonly hashing?: 'cheap' | 'scrypt';
    readonly pinned?: boolean;
    readonly nodeArguments?: readonly string[];
  }): Promise<ServerProcess>;
  /** The steps of a login; each may use what the ones before answered. */
  readonly login: Login;
  /** A shorter way to the same session, where sessions are measured and not logins. */
  readonly signIn?: Login;
}

type Login = readonly ((person: number, before: readonly Reply[]) => Step)[];

const root = join(__dirname, '..', '..');
// The views are looked for two folders above the code.
const built = join(root, 'node_modules', '.express-mfa-bench');

/** The code that `format: 'hex'` secrets of the rival and raw keys of the others make at this moment (RFC 6238). */
function codeOf(key: Buffer): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const password =
  (path: string, headers: Readonly<Record<string, string>> = {}) =>
  (person: number): Step => ({
    name: 'password',
    method: 'POST',
    path,
    headers,
    body: { email: emailOf(person), password: PASSWORD },
  });
const page = (): Step => ({ name: 'page', method: 'GET', path: '/protected' });

/** Bundles the server with the sources it is to measure, without the names that a development loader would keep. */
async function buildPortal(): Promise<string> {
  const outfile = join(built, 'portal.cjs');
  mkdirSync(built, { recursive: true });
  await build({
    entryPoints: [join(__dirname, 'servers', 'portal.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // As the build of the package does.
    supported: { 'regexp-unicode-property-escapes': true },
    format: 'cjs',
    packages: 'external',
    alias: {
      'express-mfa': join(root, 'src', 'index.ts'),
      'express-mfa/postgres': join(root, 'src', 'postgres.ts'),
      'express-mfa/redis': join(root, 'src', 'redis.ts'),
    },
    logLevel: 'error',
  });
  return outfile;
}

let portal: Promise<string> | null = null;

function rival(name: SystemName, login: Login, signIn: Login = login): System {
  return {
    name,
    login,
    signIn,
    async start({ redisUrl, people, hashing = 'cheap', ...options }) {
      const folder = installRivals();
      const env = { REDIS_URL: redisUrl, PEOPLE: String(people), HASHING: hashing, SQLITE };
      return startServer(join(folder, `${name}.mjs`), { cwd: folder, env, ...options });
    },
  };
}

/** The token that forms of our own need, from the first answer of a login. */
const csrf = ([first]: readonly Reply[]): Readonly<Record<string, string>> => {
  const { csrfToken = '' } = JSON.parse(first?.body ?? '{}') as { readonly csrfToken?: string };
  return { 'x-csrf-token': csrfToken };
};

const origin = { origin: 'http://127.0.0.1' };

const withCode: Login = [
  password('/login'),
  (person, before) => ({
    name: 'code',
    method: 'POST',
    path: '/mfa/challenge',
    headers: csrf(before),
    body: { code: codeOf(totpKeyOf(person)) },
  }),
  page,
];

const withPasskey: Login = [
  () => ({ name: 'token', method: 'GET', path: '/mfa/state' }),
  (_person, before) => ({
    name: 'options',
    method: 'POST',
    path: '/mfa/login/passkey/options',
    headers: csrf(before),
    body: {},
  }),
  (person, before) => ({
    name: 'passkey',
    method: 'POST',
    path: '/mfa/login/passkey',
    headers: csrf(before),
    body: { response: answerWithPasskey(person, before[1]?.body ?? '{}') },
  }),
  page,
];

function ownSystem(name: SystemName, login: Login = withCode): System {
  return {
    name,
    login,
    async start({ redisUrl, postgresUrl, people, hashing = 'cheap', ...options }) {
      portal ??= buildPortal();
      const database = postgresUrl === undefined ? {} : { DATABASE_URL: postgresUrl };
      const env = { REDIS_URL: redisUrl, PEOPLE: String(people), HASHING: hashing, ...database };
      return startServer(await portal, { cwd: root, env, ...options });
    },
  };
}

export const SYSTEMS: Readonly<Record<SystemName, System>> = {
  'express-mfa': ownSystem('express-mfa'),
  'express-mfa on PostgreSQL': ownSystem('express-mfa on PostgreSQL'),
  'express-mfa by passkey': ownSystem('express-mfa by passkey', withPasskey),
  'plain-session': rival('plain-session', [password('/login'), page]),
  'passport-session': rival('passport-session', [password('/login'), page]),
  'hand-written': rival('hand-written', [
    password('/login'),
    (person) => ({
      name: 'code',
      method: 'POST',
      path: '/verify',
      body: { code: codeOf(totpKeyOf(person)) },
    }),
    page,
  ]),
  'better-auth': rival(
    'better-auth',
    [
      password('/api/auth/sign-in/email', origin),
      (person) => ({
        name: 'code',
        method: 'POST',
        path: '/api/auth/two-factor/verify-totp',
        headers: origin,
        body: { code: codeOf(Buffer.from(totpKeyOf(person).toString('hex'))) },
      }),
      page,
    ],
    [password('/sign-in'), page],
  ),
};

/** A login under way: what was answered so far says which step is next. */
export interface OpenLogin {
  readonly person: number;
  readonly answered: Reply[];
}

/** Takes the next step. Throws where it is refused. */
export async function takeStep(
  system: System,
  connection: HttpConnection,
  { person, answered }: OpenLogin,
): Promise<string> {
  const step = system.login[answered.length]?.(person, answered);
  if (step === undefined) throw new Error('This login is over.');
  const reply = await connection.send(step);
  const { status, body } = reply;
  if (status !== 200)
    throw new Error(`${system.name} answered ${step.name} with ${status}: ${body.slice(0, 200)}`);
  answered.push(reply);
  return step.name;
}

/** Signs one person in, step by step, all or the first few. */
export async function logIn(
  system: System,
  connection: HttpConnection,
  person: number,
  watch: {
    readonly steps?: number;
    readonly before?: () => void;
    readonly after?: (step: string, milliseconds: number) => void;
  } = {},
): Promise<void> {
  connection.cookies.clear();
  const login = { person, answered: [] };
  const { steps = system.login.length } = watch;
  for (let step = 0; step < steps; step += 1) {
    watch.before?.();
    const startedAt = performance.now();
    // A step needs the answer to the one before.
    // oxlint-disable-next-line no-await-in-loop
    const name = await takeStep(system, connection, login);
    watch.after?.(name, performance.now() - startedAt);
  }
}
