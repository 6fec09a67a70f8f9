import type { Request } from 'express';
import type { Store } from 'express-session';
import type { EarlyReads } from '../flows/gather-facts';
import type { FlowContext } from '../flows/context';
import type { MfaSlot } from './session-slot';

/** Whose session an id was: what to read along with it, and nothing more. */
type Hint = Pick<EarlyReads, 'userId' | 'organizationId' | 'handle'>;

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
 */
export function withHints(context: FlowContext, store: Store): Store {
  const hints = new Map<string, Hint>();
  const readsOf = new WeakMap<object, EarlyReads>();

  function learn(sessionId: string, slot: MfaSlot | undefined): void {
    const { session } = slot ?? {};
    const organizationId = session?.organizationEpochs.at(-1)?.[0];
    const known = hints.get(sessionId);
    if (known?.handle === session?.handle && known?.organizationId === organizationId) return;
    hints.delete(sessionId);
    if (session === undefined || organizationId === undefined) return;
    const [oldest] = hints.keys();
    if (hints.size >= REMEMBERED && oldest !== undefined) hints.delete(oldest);
    hints.set(sessionId, { userId: session.userId, organizationId, handle: session.handle });
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
  hinted.set = function setAndLearn(sessionId, data, done) {
    learn(sessionId, data.mfa);
    store.set(sessionId, data, done);
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

function readEarly({ records, state, clock }: FlowContext, hint: Hint): EarlyReads {
  const { userId, organizationId, handle } = hint;
  const reads: EarlyReads = {
    ...hint,
    at: clock.now(),
    member: records.findMember(userId, organizationId),
    policy: records.findPolicy(organizationId),
    session: state.findSession(userId, handle),
  };
  // Whoever uses them is told of a failure; nobody using them must not end the process.
  for (const read of [reads.member, reads.policy, reads.session]) read.catch(() => undefined);
  return reads;
}
