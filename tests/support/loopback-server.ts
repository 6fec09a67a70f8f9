import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { findFreePort } from './free-port';

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, the same after `open` follows `close`. */
  readonly url: string;
  readonly port: number;
  open(): Promise<void>;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/** An HTTP server on a free port of the loopback that can go away and come back. */
export async function startLoopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  const port = await findFreePort();
  const listen = async (): Promise<Server> => {
    const started = createServer(listener).listen(port, '127.0.0.1');
    await once(started, 'listening');
    return started;
  };
  let server: Server | undefined = await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async open() {
      server ??= await listen();
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = once(closing, 'close');
      closing.close();
      closing.closeAllConnections();
      await closed;
    },
  };
}
