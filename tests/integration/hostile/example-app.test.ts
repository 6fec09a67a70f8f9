import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DEMO_PASSWORD } from '../../support/example-app';
import type { TargetState } from '../../support/hostile-target';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { redisUrl } from '../../support/redis-database';
import { hostileRequests, type HostileRequest } from './requests';

// The attack: ten thousand requests that no browser sends. No answer is a 5xx, the process is the same afterwards, and it
// holds no more memory than before.

const SEED = 20_260_115;
const AT_ONCE = 16;

let child: ChildProcess;
let url: string;
const keepAlive = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  child = fork(join(__dirname, '..', '..', 'support', 'hostile-target.ts'), [redisUrl()], {
    cwd: join(__dirname, '..', '..', '..'),
    execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
  });
  [url] = (await once(child, 'message')) as [string];
});
afterAll(async () => {
  keepAlive.destroy();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
});

async function askState(): Promise<TargetState> {
  child.send('state');
  const [state] = (await once(child, 'message')) as [TargetState];
  return state;
}

interface Visitors {
  readonly [as: string]: { readonly cookie: string; readonly token: string };
}

/** Somebody in the middle of a login, a member and an administrator, with the tokens of their sessions. */
async function prepareVisitors(): Promise<Visitors> {
  const identity = async (agent: HttpAgent) => ({
    cookie: `session=${agent.cookie('session') ?? ''}`,
    token: await agent.csrfToken(),
  });
  const logIn = async (username: string) => {
    const agent = createHttpAgent(url);
    await agent.postJson('/mfa/login', { username, password: DEMO_PASSWORD });
    return agent;
  };
  return {
    stranger: await identity(createHttpAgent(url)),
    pending: await identity(await logIn('alan@acme.example')),
    member: await identity(await logIn('grace@globex.example')),
    administrator: await identity(await logIn('root@initech.example')),
  };
}

/** The status, or null where the connection was ended before an answer. */
function send(hostile: HostileRequest, visitors: Visitors): Promise<number | null> {
  const { method, path, headers, body, as, withToken } = hostile;
  const identity = visitors[as];
  const own = identity !== undefined && as !== 'stranger' ? { cookie: identity.cookie } : {};
  const token = withToken && identity !== undefined ? { 'x-csrf-token': identity.token } : {};
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(
      { hostname, port, method, path, agent: keepAlive, headers: { ...headers, ...own, ...token } },
      (incoming) => {
        incoming.resume();
        incoming.once('end', () => resolve(incoming.statusCode ?? 0));
        incoming.once('error', () => resolve(null));
      },
    );
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      // A server that answers before it has read a body ends the connection.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(null);
      else reject(error);
    });
    outgoing.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  });
}

async function sendAll(
  all: readonly HostileRequest[],
  visitors: Visitors,
): Promise<{ readonly statuses: ReadonlyMap<number | null, number>; readonly failed: readonly unknown[] }> {
  const statuses = new Map<number | null, number>();
  const failed: unknown[] = [];
  const waiting = all.values();
  async function sendOneAfterTheOther(): Promise<void> {
    for (const hostile of waiting) {
      const status = await send(hostile, visitors);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status !== null && status >= 500) failed.push({ status, ...hostile });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sendOneAfterTheOther));
  return { statuses, failed };
}

describe('the example app under hostile requests', () => {
  it('answers ten thousand of them without a 5xx, in the same process and in the same memory', async () => {
    const all = hostileRequests(10_000, SEED);
    const warmedUp = await sendAll(all.slice(0, 3000), await prepareVisitors());
    const before = await askState();
    const rest = await sendAll(all.slice(3000), await prepareVisitors());
    const after = await askState();
    expect([...warmedUp.failed, ...rest.failed]).toEqual([]);
    expect(after.pid).toBe(before.pid);
    expect(child.exitCode).toBeNull();
    expect((after.heapBytes - before.heapBytes) / 2 ** 20).toBeLessThan(8);
    // They reached what they aimed at: pages, refusals of every kind and none that ended the connection for long.
    const statuses = [200, 303, 400, 401, 403, 404, 405, 413].filter((status) => rest.statuses.has(status));
    expect(statuses.length).toBeGreaterThanOrEqual(6);
    expect(rest.statuses.get(null) ?? 0).toBeLessThan(700);
    expect((await createHttpAgent(url).get('/mfa/login')).status).toBe(200);
  }, 240_000);

  it('survives what is no HTTP at all', async () => {
    const { hostname, port } = new URL(url);
    const garbage = [
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\0\0\0\0',
      'POST /mfa/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /mfa/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      `GET /mfa/login HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(5000)}\r\n`,
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'GET /mfa/login HTTP/1.1\r\nHost: x\r\nCookie: \xff\xfe\r\n\r\n',
    ];
    for (const text of garbage) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.write(Buffer.from(text, 'latin1'));
      socket.end();
      await new Promise((resolve) => void socket.once('close', resolve));
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
    }
    expect((await createHttpAgent(url).get('/mfa/login')).status).toBe(200);
    expect(child.exitCode).toBeNull();
  });
});
