import type { Request } from 'express';
import type { SessionData, Store } from 'express-session';
import type { FlowContext } from '../flows/context';
import type { EarlyReads } from '../flows/gather-facts';
import { parseSlot } from './session-slot';

/** Whose session an id was: what to read along with it, and nothing more. */
interface Hint extends Pick<EarlyReads, 'userId' | 'organizationId' | 'handle'> {
  /** The slot that said so. */
  readonly text: string;
}

/** Enough for the people who are busy in one process at a time. */
const REMEMBERED = 10_000;

/** The reads that belong to a request whose session was known here. */
const READS = new WeakMap<Request, EarlyReads>();

/** Hands the reads over, once: what is asked later in a request must see what the request did. */
export function takeEarlyReads(req: Request): EarlyReads | undefined {
  const reads = READS.get(req);
  READS.delete(req);
  return reads;
}

/**
 * The store, which reads a session together with what the guard will ask about its owner, as soon as it has seen the session
 * once. The id only hints at the owner; whoever uses the reads compares them with what the session itself says.
 * It also writes a session once where a request saves the same twice, as Passport and express-session do between them.
 */
export function withHints(context: FlowContext, store: Store): Store {
  const hints = new Map<string, Hint>();
  const readsOf = new WeakMap<object, EarlyReads>();
  const written = new WeakMap<object, Written>();

  function learn(sessionId: string, text: string | undefined): void {
    if (hints.get(sessionId)?.text === text) return;
    hints.delete(sessionId);
    const hint = text === undefined ? undefined : hintIn(text);
    if (hint === undefined) return;
    const [oldest] = hints.keys();
    if (hints.size >= REMEMBERED && oldest !== undefined) hints.delete(oldest);
    hints.set(sessionId, hint);
  }

  const hinted: Store = Object.create(store);
  hinted.get = function getWithReads(sessionId, done) {
    const hint = hints.get(sessionId);
    const reads = hint === undefined ? undefined : readEarly(context, hint);
    store.get(sessionId, function found(error: unknown, data) {
      if (data !== null && data !== undefined) {
        if (reads !== undefined) readsOf.set(data, reads);
        learn(sessionId, data.mfa);
      }
      done(error, data);
    });
  };
  hinted.set = function setOnce(sessionId, data, done) {
    const now = toWritten(data);
    if (isSame(written.get(data), now)) {
      done?.();
      return;
    }
    learn(sessionId, data.mfa);
    store.set(sessionId, data, function wrote(error: unknown) {
      if (error === null || error === undefined) written.set(data, now);
      done?.(error);
    });
  };
  hinted.destroy = function destroyAndForget(sessionId, done) {
    hints.delete(sessionId);
    store.destroy(sessionId, done);
  };
  hinted.createSession = function createSessionWithReads(req, data) {
    const reads = readsOf.get(data);
    if (reads !== undefined) READS.set(req, reads);
    return store.createSession(req, data);
  };
  return hinted;
}

/** What a session object wrote last. */
interface Written {
  readonly text: string;
  readonly endsAt: number;
}

function toWritten({ cookie, ...rest }: SessionData): Written {
  return { text: JSON.stringify(rest), endsAt: Number(cookie.expires ?? 0) };
}

/** Each save moves the end by the time since the one before; only a moment's difference is nothing. */
function isSame(before: Written | undefined, now: Written): boolean {
  return before?.text === now.text && Math.abs(before.endsAt - now.endsAt) < 1000;
}

function hintIn(text: string): Hint | undefined {
  const { session } = parseSlot(text);
  const organizationId = session?.organizationEpochs.at(-1)?.[0];
  if (session === undefined || organizationId === undefined) return undefined;
  return { userId: session.userId, organizationId, handle: session.handle, text };
}

function readEarly({ records, state, clock }: FlowContext, hint: Hint): EarlyReads {
  const { userId, organizationId, handle } = hint;
  const reads: EarlyReads = {
    userId,
    organizationId,
    handle,
    at: clock.now(),
    member: records.findMember(userId, organizationId),
    policy: records.findPolicy(organizationId),
    session: state.findSession(userId, handle),
  };
  // Whoever uses them is told of a failure; nobody using them must not end the process.
  for (const read of [reads.member, reads.policy, reads.session]) read.catch(() => undefined);
  return reads;
}
