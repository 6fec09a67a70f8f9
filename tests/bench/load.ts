import { HttpConnection } from './http-connection';
import type { ServerProcess } from './server-process';
import { logIn, type System } from './systems';

/** What one round of load on one system came to. */
export interface Shot {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

export interface Started {
  readonly system: System;
  readonly server: ServerProcess;
}

/** Asks for the protected page over so many connections for so long, as one person who is signed in. */
export async function loadPage(
  { system, server }: Started,
  load: { readonly connections: number; readonly seconds: number; readonly person: number },
): Promise<Shot> {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => HttpConnection.open(server.port)),
  );
  const [first] = connections;
  if (first === undefined) throw new Error('A load needs a connection.');
  await logIn(system, first, load.person);
  const cookie = [...first.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = `GET /protected HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncookie: ${cookie}\r\n\r\n`;
  let requests = 0;
  const cpuBefore = server.cpuMicroseconds();
  const startedAt = performance.now();
  const endAt = startedAt + load.seconds * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < endAt) {
        // Each connection waits for its answer, as a browser does.
        // oxlint-disable-next-line no-await-in-loop
        const { status } = await connection.sendText(request);
        if (status !== 200) throw new Error(`${system.name} answered the page with ${status}.`);
        requests += 1;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = server.cpuMicroseconds() - cpuBefore;
  for (const connection of connections) connection.close();
  return { perSecond: requests / seconds, cpuMicroseconds: cpu / requests };
}

/** Everybody's turn comes once before anybody's comes again: a code is accepted once. */
export type NextPerson = () => number;

/** Signs people in, so many at a time, for so long. */
export async function loadLogins(
  { system, server }: Started,
  load: { readonly connections: number; readonly seconds: number; readonly nextPerson: NextPerson },
): Promise<Shot & { readonly stepMs: ReadonlyMap<string, readonly number[]> }> {
  const stepMs = new Map<string, number[]>();
  let logins = 0;
  const cpuBefore = server.cpuMicroseconds();
  const startedAt = performance.now();
  const endAt = startedAt + load.seconds * 1000;
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      const connection = await HttpConnection.open(server.port);
      while (performance.now() < endAt) {
        // One login after the other on each connection.
        // oxlint-disable-next-line no-await-in-loop
        await logIn(system, connection, load.nextPerson(), (name, milliseconds) => {
          const times = stepMs.get(name);
          if (times === undefined) stepMs.set(name, [milliseconds]);
          else times.push(milliseconds);
        });
        logins += 1;
      }
      connection.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = server.cpuMicroseconds() - cpuBefore;
  return { perSecond: logins / seconds, cpuMicroseconds: cpu / logins, stepMs };
}
