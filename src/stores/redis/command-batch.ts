import type { Cluster, Redis } from 'ioredis';
import type { Script } from './script';
import { isScriptMissing, toStoreError, unavailable } from './store-errors';

export type RedisClient = Redis | Cluster;
export type Argument = string | number;

/** Commands to one client, each answered or rejected with an `MfaError` within the time given. */
export interface RedisCommands {
  /** The name in small letters, as ioredis looks up keys and replies by it. */
  send(name: string, ...args: readonly Argument[]): Promise<unknown>;
  run(
    script: Script,
    call: { readonly keys: readonly string[]; readonly args: readonly Argument[] },
  ): Promise<unknown>;
}

interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
  resolve(reply: unknown): void;
  /** Turns any error into an `MfaError`. */
  reject(error: unknown): void;
}

/**
 * Collects what is asked of a client in one turn of the event loop, by however many requests, and writes it at once in the
 * order asked: a request that needs several records waits for one round trip, and a busy process writes seldom. Each
 * command has its own outcome. A reply that comes too late is dropped.
 */
class CommandBatch {
  readonly #client: RedisClient;
  readonly #known = new Set<string>();
  #waiting: Command[] = [];
  /** By the monotonic clock: when the first of those that wait is given up. */
  #deadline = Number.POSITIVE_INFINITY;
  readonly #writeWaiting = () => this.#write();

  constructor(client: RedisClient) {
    this.#client = client;
  }

  send(name: string, args: readonly Argument[], timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // At the end of this turn, after everything that its requests go on to ask for.
      if (this.#waiting.length === 0) setImmediate(this.#writeWaiting);
      this.#deadline = Math.min(this.#deadline, performance.now() + timeoutMs);
      this.#waiting.push({ name, args, resolve, reject: (error) => reject(toStoreError(error)) });
    });
  }

  /** The first call carries the script's text, later ones its name; where Redis has forgotten it, the text goes again. */
  async run(script: Script, args: readonly Argument[], timeoutMs: number): Promise<unknown> {
    if (this.#known.has(script.sha)) {
      try {
        return await this.send('evalsha', [script.sha, ...args], timeoutMs);
      } catch (error) {
        if (!isScriptMissing(error)) throw error;
      }
    }
    const reply = await this.send('eval', [script.lua, ...args], timeoutMs);
    this.#known.add(script.sha);
    return reply;
  }

  #write(): void {
    const commands = this.#waiting;
    const deadline = this.#deadline;
    this.#waiting = [];
    this.#deadline = Number.POSITIVE_INFINITY;
    let unanswered = commands.length;
    const timer = setTimeout(
      () => {
        const error = unavailable('it did not answer in time');
        for (const command of commands) command.reject(error);
      },
      Math.max(0, deadline - performance.now()),
    );
    function settle(): void {
      unanswered -= 1;
      if (unanswered === 0) clearTimeout(timer);
    }
    // Absent before the first connection. A cluster has a connection for each node, which it corks by itself.
    const stream = 'stream' in this.#client ? this.#client.stream : undefined;
    stream?.cork();
    try {
      for (const command of commands) {
        this.#client.call(command.name, ...command.args).then(
          (reply) => {
            settle();
            command.resolve(reply);
          },
          (error: unknown) => {
            settle();
            command.reject(error);
          },
        );
      }
    } finally {
      stream?.uncork();
    }
  }
}

const batches = new WeakMap<RedisClient, CommandBatch>();

function batchOf(client: RedisClient): CommandBatch {
  const existing = batches.get(client);
  if (existing !== undefined) return existing;
  const begun = new CommandBatch(client);
  batches.set(client, begun);
  return begun;
}

/** Every store on the same client shares its batches, whatever time each allows. */
export function redisCommands(client: RedisClient, options: { readonly timeoutMs: number }): RedisCommands {
  const batch = batchOf(client);
  const { timeoutMs } = options;
  return {
    send: (name, ...args) => batch.send(name, args, timeoutMs),
    run: (script, { keys, args }) => batch.run(script, [keys.length, ...keys, ...args], timeoutMs),
  };
}
