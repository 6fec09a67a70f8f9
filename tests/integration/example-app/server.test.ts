import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DEMO_PASSWORD, EXAMPLE_KEY } from '../../support/example-app';
import { createHttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { redisUrl } from '../../support/redis-database';
import { findFreePort } from '../../support/free-port';

const root = join(__dirname, '../../..');

interface RunningServer {
  readonly url: string;
  /** What it printed until it was ready. */
  readonly greeting: string;
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** The command behind `npm start`, as a process of its own. */
async function startServer(environment: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const port = await findFreePort();
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'example-app/server.ts'], {
    cwd: root,
    env: { PATH, PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Password of all')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) =>
      reject(new Error(`The server ended with ${code ?? 'a signal'}: ${printed}`)),
    );
  });
  return {
    url: `http://127.0.0.1:${port}`,
    greeting: printed,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      running.delete(child);
      return child.exitCode;
    },
  };
}

afterEach(() => running.forEach((child) => child.kill('SIGKILL')));

describe('npm start', () => {
  it('says where it is, who can sign in, and what is only for trying out', async () => {
    const server = await startServer();
    expect(server.greeting).toContain('Acme Portal is at http://localhost:');
    expect(server.greeting).toContain(DEMO_PASSWORD);
    expect(server.greeting).toContain('ada@acme.example');
    expect(server.greeting).toContain('kept in memory');
    expect(server.greeting).toContain('Set MFA_KEY');
    expect(server.greeting).toContain('/outbox');
    const identity = createHttpAgent(server.url);
    const page = textOf((await identity.follow(await identity.get('/'))).text);
    expect(page).toContain('Sign in');
    expect(page).toContain('Sign in with a passkey');
    expect((await identity.getJson('/outbox.json')).body).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  it('keeps people signed in over a restart, with Redis', async () => {
    const environment = { REDIS_URL: redisUrl(), MFA_KEY: EXAMPLE_KEY };
    const first = await startServer(environment);
    expect(first.greeting).toContain('Everything but the accounts is kept');
    expect(first.greeting).not.toContain('Set MFA_KEY');
    const ken = createHttpAgent(first.url);
    await ken.get('/mfa/login');
    await ken.post('/mfa/login', { username: 'ken@initech.example', password: DEMO_PASSWORD });
    const cookie = `session=${ken.cookie('session') ?? ''}`;
    await first.stop();

    const second = await startServer(environment);
    const later = createHttpAgent(second.url, { headers: { cookie } });
    expect((await later.getJson('/')).body).toMatchObject({ user: { email: 'ken@initech.example' } });
    await second.stop();
  });

  it('refuses to show codes in production', async () => {
    await expect(startServer({ NODE_ENV: 'production' })).rejects.toThrow(/outbox/);
  });
});
