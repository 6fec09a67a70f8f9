import { HttpConnection } from './http-connection';
import type { ServerProcess } from './server-process';
import { logIn, takeStep, type OpenLogin, type System } from './systems';

/** What one round of load on one system came to. */
export interface Shot {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

export interface Started {
  readonly system: System;
  readonly server: ServerProcess;
}

/** A request for the protected page, as somebody who is signed in sends it. */
export type PageRequest = string;

/** The next person. Everybody's turn comes once before anybody's comes again: a code is accepted once. */
export type NextPerson = () => number;

export function takeTurns(people: number, first = 0): NextPerson {
  let person = first - 1;
  return () => (person = (person + 1) % people);
}

const openConnections = (port: number, count: number) =>
  Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));

/** Lets each connection act, one act after the other, until so many were begun. */
async function share(
  { server }: Started,
  load: { readonly connections: number; readonly count: number },
  act: (connection: HttpConnection) => Promise<unknown>,
): Promise<Shot> {
  const connections = await openConnections(server.port, load.connections);
  let begun = 0;
  const cpuBefore = server.cpuMicroseconds();
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (begun < load.count) {
        begun += 1;
        // Each connection waits for its answer, as a browser does.
        // oxlint-disable-next-line no-await-in-loop
        await act(connection);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = server.cpuMicroseconds() - cpuBefore;
  for (const connection of connections) connection.close();
  return { perSecond: load.count / seconds, cpuMicroseconds: cpu / load.count };
}

/** Signs so many people in, and keeps the request of each. */
export async function signInPeople(started: Started, people: number): Promise<readonly PageRequest[]> {
  const requests: PageRequest[] = [];
  const nextPerson = takeTurns(people);
  const { system } = started;
  const shortly = { ...system, login: system.signIn ?? system.login };
  await share(started, { connections: 16, count: people }, async (connection) => {
    await logIn(shortly, connection, nextPerson());
    const cookie = [...connection.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    requests.push(
      `GET /protected HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncookie: ${cookie}\r\n\r\n`,
    );
  });
  return requests;
}

function anyOf(requests: readonly PageRequest[]): PageRequest {
  const request = requests[Math.floor(Math.random() * requests.length)];
  if (request === undefined) throw new Error('Nobody is signed in.');
  return request;
}

async function askFor(page: PageRequest, connection: HttpConnection): Promise<void> {
  const { status, body } = await connection.sendText(page);
  if (status !== 200) throw new Error(`The page answered ${status}: ${body.slice(0, 200)}`);
}

/** Asks for the protected page so often over 64 connections, each time as one of these people. */
export function loadPage(
  started: Started,
  load: { readonly count: number; readonly requests: readonly PageRequest[] },
): Promise<Shot> {
  return share(started, { connections: 64, count: load.count }, (connection) =>
    askFor(anyOf(load.requests), connection),
  );
}

/** Signs so many people in, 16 at a time. */
export function loadLogins(
  started: Started,
  load: { readonly logins: number; readonly nextPerson: NextPerson },
): Promise<Shot> {
  return share(started, { connections: 16, count: load.logins }, (connection) =>
    logIn(started.system, connection, load.nextPerson()),
  );
}

/** A login under way, which any connection can go on with. */
interface PausedLogin extends OpenLogin {
  readonly cookies: Map<string, string>;
}

export function openLogin(person: number): PausedLogin {
  return { person, cookies: new Map(), answered: [] };
}

/** The next step of each of these logins. */
export function loadStep(started: Started, logins: readonly PausedLogin[]): Promise<Shot> {
  const waiting = [...logins];
  return share(started, { connections: 16, count: logins.length }, async (connection) => {
    const login = waiting.pop();
    if (login === undefined) return;
    connection.cookies = login.cookies;
    await takeStep(started.system, connection, login);
  });
}

const MOST_CONNECTIONS = 256;

/**
 * Asks for the page at a steady rate, however long the answers take. Returns milliseconds from the moment at which each request was due,
 * so that a stall counts for everybody who would have come during it.
 */
export async function loadSteadily(
  { server }: Started,
  load: { readonly perSecond: number; readonly seconds: number; readonly requests: readonly PageRequest[] },
): Promise<readonly number[]> {
  const idle = await openConnections(server.port, MOST_CONNECTIONS);
  const latencies: number[] = [];
  const due: number[] = [];
  const count = Math.floor(load.perSecond * load.seconds);
  const startedAt = performance.now();
  let scheduled = 0;

  await new Promise<void>((resolve, reject) => {
    function serve(): void {
      for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
        const dueAt = due.shift();
        if (dueAt === undefined) {
          idle.push(connection);
          return;
        }
        const used = connection;
        askFor(anyOf(load.requests), used).then(() => {
          latencies.push(performance.now() - dueAt);
          idle.push(used);
          if (latencies.length === count) resolve();
          else serve();
        }, reject);
      }
    }
    function schedule(): void {
      const now = performance.now();
      for (; scheduled < count; scheduled += 1) {
        const at = startedAt + (scheduled * 1000) / load.perSecond;
        if (at > now) break;
        due.push(at);
      }
      serve();
      if (scheduled < count) setTimeout(schedule, 1);
    }
    schedule();
  });
  for (const connection of idle) connection.close();
  return latencies;
}
