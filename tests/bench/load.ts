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

/** Asks for the protected page so often over so many connections, as one person who is signed in. */
export async function loadPage(
  { system, server }: Started,
  load: { readonly connections: number; readonly requests: number; readonly person: number },
): Promise<Shot> {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => HttpConnection.open(server.port)),
  );
  const [first] = connections;
  if (first === undefined) throw new Error('A load needs a connection.');
  await logIn(system, first, load.person);
  const cookie = [...first.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = `GET /protected HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncookie: ${cookie}\r\n\r\n`;
  let begun = 0;
  const cpuBefore = server.cpuMicroseconds();
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (begun < load.requests) {
        begun += 1;
        // Each connection waits for its answer, as a browser does.
        // oxlint-disable-next-line no-await-in-loop
        const { status } = await connection.sendText(request);
        if (status !== 200) throw new Error(`${system.name} answered the page with ${status}.`);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = server.cpuMicroseconds() - cpuBefore;
  for (const connection of connections) connection.close();
  return { perSecond: begun / seconds, cpuMicroseconds: cpu / begun };
}

/** Everybody's turn comes once before anybody's comes again: a code is accepted once. */
export type NextPerson = () => number;

/** Signs so many people in, so many at a time. */
export async function loadLogins(
  { system, server }: Started,
  load: { readonly connections: number; readonly logins: number; readonly nextPerson: NextPerson },
): Promise<Shot> {
  let begun = 0;
  const cpuBefore = server.cpuMicroseconds();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      const connection = await HttpConnection.open(server.port);
      while (begun < load.logins) {
        begun += 1;
        // One login after the other on each connection.
        // oxlint-disable-next-line no-await-in-loop
        await logIn(system, connection, load.nextPerson());
      }
      connection.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = server.cpuMicroseconds() - cpuBefore;
  return { perSecond: begun / seconds, cpuMicroseconds: cpu / begun };
}
