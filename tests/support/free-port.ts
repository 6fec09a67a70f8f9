import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems hand out to outgoing connections, one of which could take the port before its server does. */
const PORTS = { from: 10_000, to: 32_000 };

/**
 * A port for a server that goes away and comes back in a test. `listen(0)` would take one of those that systems hand out, and
 * another process could take it in between.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    // One port after the other, until one is free.
    // oxlint-disable-next-line no-await-in-loop
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
