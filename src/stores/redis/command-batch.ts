import type { Cluster, Redis } from 'ioredis';
import type { DocumentAnswer } from '../document-store';
import {
  MOST_JOINED,
  PlainCommand,
  READ_JOINED,
  VersionedRead,
  answerEach,
  joinedArguments,
  toRuns,
  type Argument,
  type Command,
  type DocumentRead,
} from './command';
import { isPassing, isRefusal, isScriptMissing, unavailable } from './replies';
import { defineScript, type Script } from './script';

export type { Argument } from './command';
export type RedisClient = Redis | Cluster;

/** Commands to one client, each answered or rejected with an `MfaError` within the time given. */
export interface RedisCommands {
  /** The name in small letters, as ioredis looks up keys and replies by it. */
  send(name: string, ...args: readonly Argument[]): Promise<unknown>;
  /** Where the version is the one that the caller has, Redis answers no more than that. */
  readDocument(read: DocumentRead): Promise<DocumentAnswer>;
  run(script: Script, call: ScriptCall): Promise<unknown>;
}

interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

/**
 * Collects what is asked of a client in one turn of the event loop, by however many requests, and writes it at once in the
 * order asked: a request that needs several records waits for one round trip, and a busy process writes seldom. Reads that
 * follow each other go as one command. Each has its own outcome. A reply that comes too late is dropped.
 */
class CommandBatch {
  readonly #client: RedisClient;
  readonly #known = new Set<string>();
  /** One where a script reaches the keys of one node only: in a cluster, also in one that hides behind a proxy. */
  #mostJoined: number;
  #waiting: Command[] = [];
  /** By the monotonic clock: when the first of those that wait is given up. */
  #deadline = Number.POSITIVE_INFINITY;
  readonly #writeWaiting = () => this.#write();

  constructor(client: RedisClient) {
    this.#client = client;
    this.#mostJoined = client.isCluster ? 1 : MOST_JOINED;
  }

  send(name: string, args: readonly Argument[], timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#ask(new PlainCommand(name, args, { resolve, reject }), timeoutMs);
    });
  }

  readDocument(read: DocumentRead, timeoutMs: number): Promise<DocumentAnswer> {
    return new Promise((resolve, reject) => {
      this.#ask(new VersionedRead(read, { resolve, reject }), timeoutMs);
    });
  }

  /** The first call carries the script's text, later ones its name; where Redis has forgotten it, the text goes again. */
  run(script: Script, { keys, args }: ScriptCall, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const runText = () => {
        const waiting = { resolve: learned, reject };
        this.#ask(new PlainCommand('eval', [script.lua, keys.length, ...keys, ...args], waiting), timeoutMs);
      };
      const learned = (reply: unknown) => {
        this.#known.add(script.sha);
        resolve(reply);
      };
      let isRefused = false;
      const refused = (error: unknown) => {
        // What comes after the first refusal is no other outcome: the caller was told, or the text is under way.
        if (isRefused) return;
        isRefused = true;
        if (isScriptMissing(error)) runText();
        else reject(error);
      };
      if (!this.#known.has(script.sha)) return runText();
      const waiting = { resolve, reject: refused };
      this.#ask(new PlainCommand('evalsha', [script.sha, keys.length, ...keys, ...args], waiting), timeoutMs);
    });
  }

  #ask(command: Command, timeoutMs: number): void {
    // At the end of this turn, after everything that its requests go on to ask for.
    if (this.#waiting.length === 0) setImmediate(this.#writeWaiting);
    this.#deadline = Math.min(this.#deadline, performance.now() + timeoutMs);
    this.#waiting.push(command);
  }

  #write(): void {
    const commands = this.#waiting;
    const deadline = this.#deadline;
    this.#waiting = [];
    this.#deadline = Number.POSITIVE_INFINITY;
    const timer = setTimeout(
      () => {
        const error = unavailable('it did not answer in time');
        for (const command of commands) command.fail(error);
      },
      Math.max(0, deadline - performance.now()),
    );
    let unanswered = commands.length;
    const settle = (): void => {
      unanswered -= 1;
      if (unanswered === 0) clearTimeout(timer);
    };
    // Absent before the first connection. A cluster has a connection for each node, which it corks by itself.
    const stream = 'stream' in this.#client ? this.#client.stream : undefined;
    stream?.cork();
    try {
      for (const run of toRuns(commands, this.#mostJoined)) this.#writeRun(run, settle);
    } finally {
      stream?.uncork();
    }
  }

  #writeRun(run: readonly Command[], settle: () => void): void {
    const [first] = run;
    if (first === undefined) return;
    if (run.length === 1 && first.known === '') this.#writeAlone(first, settle);
    else this.#writeJoined(run, settle, this.#known.has(READ_JOINED.sha));
  }

  #writeAlone(command: Command, settle: () => void): void {
    this.#client.call(command.name, ...command.args).then(
      (reply) => {
        settle();
        command.answer(reply);
      },
      (error: unknown) => {
        settle();
        command.fail(error);
      },
    );
  }

  #writeJoined(reads: readonly Command[], settle: () => void, isKnown: boolean): void {
    const [verb, script] = isKnown ? ['evalsha', READ_JOINED.sha] : ['eval', READ_JOINED.lua];
    this.#client.call(verb, script, ...joinedArguments(reads)).then(
      (answers) => {
        this.#known.add(READ_JOINED.sha);
        for (const _ of reads) settle();
        answerEach(reads, answers);
      },
      (error: unknown) => {
        if (isScriptMissing(error)) this.#writeJoined(reads, settle, false);
        else if (isRefusal(error)) this.#writeApart(reads, settle, isPassing(error));
        else
          for (const read of reads) {
            settle();
            read.fail(error);
          }
      },
    );
  }

  /** Where the server does not take the script, for now or ever. Reading twice does no harm. */
  #writeApart(reads: readonly Command[], settle: () => void, forNow: boolean): void {
    if (!forNow) this.#mostJoined = 1;
    for (const read of reads) {
      if (reads.length > 1) this.#writeRun([read], settle);
      else this.#writeAlone(read, settle);
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
    readDocument: (read) => batch.readDocument(read, timeoutMs),
    run: (script, call) => batch.run(script, call, timeoutMs),
  };
}

/**
 * The key; its life in milliseconds; of each command how many words it has, and these without the key. One step, so that no key
 * is ever without an end. A key that already lives longer keeps its end.
 */
const WRITE = defineScript(`
local at = 2
while at <= #ARGV do
  local last = at + tonumber(ARGV[at])
  redis.call(ARGV[at + 1], KEYS[1], unpack(ARGV, at + 2, last))
  at = last + 1
end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
`);

/** Commands on one key, which lives at least so long afterwards. Atomic. */
export async function writeLasting(
  redis: RedisCommands,
  key: string,
  lifeMs: number,
  commands: readonly (readonly [name: string, ...args: readonly Argument[]])[],
): Promise<void> {
  const words = commands.flatMap((command) => [command.length, ...command]);
  await redis.run(WRITE, { keys: [key], args: [Math.ceil(lifeMs), ...words] });
}
