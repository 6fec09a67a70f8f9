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
import { isTemporary, isRefusal, isScriptMissing, unavailable } from './replies';
import { defineScript, type Script } from './script';

export type { Argument } from './command';
export type RedisClient = Redis | Cluster;

/** Sends commands to one client. Each resolves, or rejects with an `MfaError`, within the timeout. */
export interface RedisCommands {
  /** `name` must be in lower case, because ioredis uses it to find keys and convert replies. */
  send(name: string, ...args: readonly Argument[]): Promise<unknown>;
  /** If the caller has the current version, Redis does not send the document. */
  readDocument(read: DocumentRead): Promise<DocumentAnswer>;
  run(script: Script, call: ScriptCall): Promise<unknown>;
}

interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

/** Writes the commands of one turn of the event loop together, in order: a request for several records waits only once. */
class CommandBatch {
  readonly #client: RedisClient;
  readonly #known = new Set<string>();
  /** 1 if a script can only access the keys of one node: in a cluster, also if it is behind a proxy. */
  #mostJoined: number;
  #waiting: Command[] = [];
  /** The time, by the monotonic clock, when the first waiting command times out. */
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

  /** The first call sends the script's text, later calls its hash. If Redis has lost the script, the text is sent again. */
  run(script: Script, { keys, args }: ScriptCall, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const runText = () => {
        const waiting = { resolve: acceptScript, reject };
        this.#ask(new PlainCommand('eval', [script.lua, keys.length, ...keys, ...args], waiting), timeoutMs);
      };
      const acceptScript = (reply: unknown) => {
        this.#known.add(script.sha);
        resolve(reply);
      };
      let isRefused = false;
      const refused = (error: unknown) => {
        // Ignore errors after the first: the caller has been rejected, or the text has been sent.
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
    // Write at the end of this turn, after all commands of its requests.
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
    // Undefined before the first connection. A cluster corks the connections of its nodes itself.
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
        else if (isRefusal(error)) this.#writeApart(reads, settle, isTemporary(error));
        else
          for (const read of reads) {
            settle();
            read.fail(error);
          }
      },
    );
  }

  /** Sends the reads separately if the server refuses the script, temporarily or always. Reading twice does no harm. */
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
  const created = new CommandBatch(client);
  batches.set(client, created);
  return created;
}

/** All stores on the same client share its batches, even with different timeouts. */
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
 * Arguments: the lifetime in milliseconds, and for each command its number of words and the words without the key. It is one
 * step, so that every key has an expiry. A later expiry is kept.
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

/** Runs commands on one key, and extends its lifetime to at least `lifeMs`. Atomic. */
export async function writeLasting(
  redis: RedisCommands,
  key: string,
  lifeMs: number,
  commands: readonly (readonly [name: string, ...args: readonly Argument[]])[],
): Promise<void> {
  const words = commands.flatMap((command) => [command.length, ...command]);
  await redis.run(WRITE, { keys: [key], args: [Math.ceil(lifeMs), ...words] });
}
