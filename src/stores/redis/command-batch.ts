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
  /** By the monotonic clock. */
  readonly deadline: number;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/**
 * Collects what is asked of a client in one tick and writes it at once, in the order asked, so that a request that needs
 * several records waits for one round trip. Each command has its own outcome. A reply that comes too late is dropped.
 */
class CommandBatch {
  readonly #client: RedisClient;
  readonly #known = new Set<string>();
  #waiting: Command[] = [];

  constructor(client: RedisClient) {
    this.#client = client;
  }

  send(name: string, args: readonly Argument[], deadline: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, args, deadline, resolve, reject });
      // After the promise jobs of this tick, so that what they ask for goes along.
      if (this.#waiting.length === 1)
        void Promise.resolve().then(() => process.nextTick(() => this.#write()));
    });
  }

  /** The first call carries the script's text, later ones its name; where Redis has forgotten it, the text goes again. */
  async run(script: Script, args: readonly Argument[], deadline: number): Promise<unknown> {
    if (this.#known.has(script.sha)) {
      try {
        return await this.send('evalsha', [script.sha, ...args], deadline);
      } catch (error) {
        if (!isScriptMissing(error)) throw error;
      }
    }
    const reply = await this.send('eval', [script.lua, ...args], deadline);
    this.#known.add(script.sha);
    return reply;
  }

  #write(): void {
    const commands = this.#waiting;
    this.#waiting = [];
    const deadline = Math.min(...commands.map((command) => command.deadline));
    const timer = setTimeout(
      () => {
        const error = unavailable('it did not answer in time');
        for (const command of commands) command.reject(error);
      },
      Math.max(0, deadline - performance.now()),
    );
    const answered = this.#client.isCluster ? this.#writeEach(commands) : this.#writeTogether(commands);
    void answered
      .catch((error: unknown) => {
        for (const command of commands) command.reject(error);
      })
      .finally(() => clearTimeout(timer));
  }

  async #writeTogether(commands: readonly Command[]): Promise<void> {
    const pipeline = this.#client.pipeline();
    for (const { name, args } of commands) pipeline.call(name, ...args);
    const replies = await pipeline.exec();
    for (const [index, command] of commands.entries()) {
      const [error, reply] = replies?.[index] ?? [new Error('There was no reply.'), undefined];
      if (error === null) command.resolve(reply);
      else command.reject(error);
    }
  }

  /** The keys of different users live on different nodes, and a pipeline of a cluster goes to one. */
  async #writeEach(commands: readonly Command[]): Promise<void> {
    const answers = commands.map(async (command) => {
      try {
        command.resolve(await this.#client.call(command.name, ...command.args));
      } catch (error) {
        command.reject(error);
      }
    });
    await Promise.all(answers);
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
  const deadline = (): number => performance.now() + options.timeoutMs;
  return {
    async send(name, ...args) {
      try {
        return await batch.send(name, args, deadline());
      } catch (error) {
        throw toStoreError(error);
      }
    },
    async run(script, { keys, args }) {
      try {
        return await batch.run(script, [keys.length, ...keys, ...args], deadline());
      } catch (error) {
        throw toStoreError(error);
      }
    },
  };
}
