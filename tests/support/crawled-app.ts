import type { DocumentChange } from '../../src/index';
import { memoryRecords, type Records } from './records';
import { Agent } from 'node:http';
import { memoryState } from 'express-mfa';
import type { Outbox } from 'express-mfa';
import { MemoryStore } from 'express-session';
import { createClock } from './clock';
import { startExampleApp } from './example-app';
import type { RunningExampleApp } from './example-app';
import { createHttpAgent } from './http-agent';
import type { HttpAgent } from './http-agent';
import { sendRaw } from './raw-request';
import type { RawAnswer } from './raw-request';

/** The example app, in memory, with an eye on everything that a request has an effect on. */
export interface CrawledApp extends Omit<RunningExampleApp, 'outbox'> {
  readonly outbox: Outbox;
  readonly records: Records;
  /** A browser with cookies of its own. */
  visit(): HttpAgent;
  /** Keeps no cookie and follows nothing. */
  send(sent: Parameters<typeof sendRaw>[1]): Promise<RawAnswer>;
  /** Which verbs of the stores that are not `find…` or `list…` ran since the last time that it was asked. */
  takeWrites(): readonly string[];
  /** The session of a cookie as the session store holds it, as text; undefined where there is none. */
  sessionOf(cookie: string): string | undefined;
  /** Puts it back. */
  restoreSession(cookie: string, held: string): void;
}

/** What the route that was added last answers with. */
export const ADDED_LATER = 'only for those whom the guard lets through';

export async function startCrawledApp(): Promise<CrawledApp> {
  const clock = createClock();
  const sessions = new MemoryStore();
  const writes: string[] = [];
  const note = (verb: string) => void writes.push(verb);
  const records = memoryRecords();
  const example = await startExampleApp({
    clock,
    records: noteWrites(records, note),
    state: noteWrites({ ...memoryState(), createSessionStore: () => sessions }, note),
  });
  example.app.all('/added-later', (_req, res) => {
    res.json({ for: ADDED_LATER });
  });
  const { outbox } = example;
  if (outbox === null) throw new Error('The example app keeps no messages.');
  const agent = new Agent({ keepAlive: true });
  const { sessions: held } = sessions as unknown as { readonly sessions: Record<string, string> };
  return {
    ...example,
    outbox,
    records,
    visit: () => createHttpAgent(example.url),
    send: (sent) => sendRaw(example.url, { ...sent, agent }),
    takeWrites: () => writes.splice(0),
    sessionOf: (cookie) => held[sessionId(cookie) ?? ''],
    restoreSession(cookie, text) {
      const id = sessionId(cookie);
      if (id === undefined) throw new Error(`No session in the cookie ${cookie}.`);
      held[id] = text;
    },
    async stop() {
      agent.destroy();
      await example.stop();
    },
  };
}

/** No effect of a request: the event that it was refused, the count of wrong passwords, and the retry of notices, which runs by a timer of its own. */
const NO_EFFECT: ReadonlySet<string> = new Set([
  'appendEvents',
  'indexMembers',
  'takeDue',
  'throttle',
  'reservePassword',
  'settlePassword',
  'createSessionStore',
]);

/** The documents that are changed. */
function namesIn(changes: unknown): string {
  return (changes as readonly DocumentChange[]).map((change) => change.name).join(' ');
}

function noteWrites<Store extends object>(store: Store, note: (verb: string) => void): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      if (/^(find|list|count|read)/.test(name) || NO_EFFECT.has(name)) return value;
      return (...given: unknown[]) => {
        note(name === 'write' ? `write ${namesIn(given[1])}` : name);
        return Reflect.apply(value, target, given);
      };
    },
  });
}

/** `session=s%3AID.SIGNATURE`; undefined for a stranger, who has none. */
function sessionId(cookie: string): string | undefined {
  return /(?:^|; )session=s:([^.]+)\./.exec(decodeURIComponent(cookie))?.[1];
}
