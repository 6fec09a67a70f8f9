import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createCommandReader } from './redis-commands';
import { redisUrl } from './redis-database';
import { findFreePort } from './free-port';

export interface Traffic {
  /** Times that a connection sent something and waited: commands sent together are one. Nobody waits for events. */
  readonly roundTrips: number;
  readonly commands: readonly (readonly string[])[];
}

export interface RedisProxy {
  readonly url: string;
  /** What passed since the start or the last `reset`. */
  readonly traffic: Traffic;
  reset(): void;
  /** What passes while `act` runs. */
  measure(act: () => Promise<unknown>): Promise<Traffic>;
  /** Nobody listens, and every connection is gone. */
  refuse(): Promise<void>;
  /** Commands are swallowed and never answered. */
  hang(): void;
  /** Commands are carried out, but no reply comes back. */
  loseReplies(): void;
  /** Commands are carried out; the next reply begins, then the connection is reset. */
  resetInReply(): void;
  /** As at the start. Connections that hung are dropped. */
  recover(): Promise<void>;
  /** From now on every connection leads to another Redis, as after a failover. Those that are open are dropped. */
  leadTo(target: string): void;
  stop(): Promise<void>;
}

/** Shorter than any whole reply, so that none of several that come together is one. */
const CUT_AFTER_BYTES = 2;

/** Events are stored by a timer of their own. */
function isOfEvents(command: readonly string[]): boolean {
  return command.some((word) => word.endsWith('}:events'));
}

type Mode = 'pass' | 'hang' | 'lose-replies' | 'reset-in-reply';

/** A proxy in front of a Redis (this worker's database by default) that counts, and that breaks on demand. */
export async function startRedisProxy(target: string = redisUrl()): Promise<RedisProxy> {
  const { pathname } = new URL(target);
  let upstreamOf = new URL(target);
  const sockets = new Set<Socket>();
  let mode: Mode = 'pass';
  let roundTrips = 0;
  let commands: string[][] = [];

  function join(client: Socket): void {
    const upstream = connect(Number(upstreamOf.port), upstreamOf.hostname);
    const readCommands = createCommandReader();
    let awaitingReply = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        (socket === client ? upstream : client).destroy();
      });
    }
    client.on('data', (chunk) => {
      const sent = readCommands(chunk);
      commands.push(...sent);
      if (sent.length === 0 || !sent.every((command) => isOfEvents(command))) {
        if (!awaitingReply) roundTrips += 1;
        awaitingReply = true;
      }
      if (mode !== 'hang') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      awaitingReply = false;
      if (mode === 'pass') client.write(chunk);
      if (mode === 'reset-in-reply')
        client.write(chunk.subarray(0, CUT_AFTER_BYTES), () => client.resetAndDestroy());
    });
  }

  const dropAll = (): void => sockets.forEach((socket) => socket.destroy());

  const port = await findFreePort();
  async function listen(): Promise<Server> {
    const started = createServer(join).listen(port, '127.0.0.1');
    await once(started, 'listening');
    return started;
  }

  let server: Server | undefined = await listen();

  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    dropAll();
    if (closing === undefined) return;
    closing.close();
    await once(closing, 'close');
  }

  function reset(): void {
    roundTrips = 0;
    commands = [];
  }

  return {
    url: `redis://127.0.0.1:${port}${pathname}`,
    get traffic() {
      return { roundTrips, commands };
    },
    reset,
    async measure(act) {
      reset();
      await act();
      return { roundTrips, commands };
    },
    refuse: close,
    hang() {
      mode = 'hang';
    },
    loseReplies() {
      mode = 'lose-replies';
    },
    resetInReply() {
      mode = 'reset-in-reply';
    },
    async recover() {
      if (mode !== 'pass') dropAll();
      mode = 'pass';
      server ??= await listen();
    },
    leadTo(other) {
      upstreamOf = new URL(other);
      reset();
      dropAll();
    },
    stop: close,
  };
}
