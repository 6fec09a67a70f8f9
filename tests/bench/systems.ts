import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { HttpConnection, Reply, Step } from './http-connection';
import { installRivals } from './install-rivals';
import { startServer, type ServerProcess } from './server-process';
import { emailOf, PASSWORD, totpKeyOf } from './servers/people';

export type SystemName =
  | 'express-mfa'
  | 'express-mfa on PostgreSQL'
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
  /** The steps of a login; each may use what the one before answered. */
  readonly login: readonly ((person: number, before: Reply | null) => Step)[];
}

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
    target: 'node20',
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

function rival(name: SystemName, login: System['login']): System {
  return {
    name,
    login,
    async start({ redisUrl, people, hashing = 'cheap', ...options }) {
      const folder = await installRivals();
      const env = { REDIS_URL: redisUrl, PEOPLE: String(people), HASHING: hashing };
      return startServer(join(folder, `${name}.mjs`), { cwd: folder, env, ...options });
    },
  };
}

const tokenIn = (before: Reply | null): string => {
  const { csrfToken } = JSON.parse(before?.body ?? '{}') as { readonly csrfToken?: string };
  return csrfToken ?? '';
};

const origin = { origin: 'http://127.0.0.1' };

function ownSystem(name: SystemName): System {
  return {
    name,
    async start({ redisUrl, postgresUrl, people, hashing = 'cheap', ...options }) {
      portal ??= buildPortal();
      const database = postgresUrl === undefined ? {} : { DATABASE_URL: postgresUrl };
      const env = { REDIS_URL: redisUrl, PEOPLE: String(people), HASHING: hashing, ...database };
      return startServer(await portal, { cwd: root, env, ...options });
    },
    login: [
      password('/login'),
      (person, before) => ({
        name: 'code',
        method: 'POST',
        path: '/mfa/challenge',
        headers: { 'x-csrf-token': tokenIn(before) },
        body: { code: codeOf(totpKeyOf(person)) },
      }),
      page,
    ],
  };
}

export const SYSTEMS: Readonly<Record<SystemName, System>> = {
  'express-mfa': ownSystem('express-mfa'),
  'express-mfa on PostgreSQL': ownSystem('express-mfa on PostgreSQL'),
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
  'better-auth': rival('better-auth', [
    password('/api/auth/sign-in/email', origin),
    (person) => ({
      name: 'code',
      method: 'POST',
      path: '/api/auth/two-factor/verify-totp',
      headers: origin,
      body: { code: codeOf(Buffer.from(totpKeyOf(person).toString('hex'))) },
    }),
    page,
  ]),
};

/** Signs one person in, step by step, all or the first few. Throws where a step is refused. */
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
  let answered: Reply | null = null;
  for (const stepOf of system.login.slice(0, watch.steps)) {
    const step = stepOf(person, answered);
    watch.before?.();
    const startedAt = performance.now();
    // A step needs the answer to the one before.
    const reply: Reply = await connection.send(step);
    if (reply.status !== 200)
      throw new Error(
        `${system.name} answered ${step.name} with ${reply.status}: ${reply.body.slice(0, 200)}`,
      );
    watch.after?.(step.name, performance.now() - startedAt);
    answered = reply;
  }
}
