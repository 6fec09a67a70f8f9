import type { Request } from 'express';
import type { SessionData, Store } from 'express-session';
import { RecentMap } from '../../core/text/recent-map';
import type { FlowContext } from '../../flows/context/context';
import { readEarly, type PrefetchedRecords, type Reader } from '../../flows/context/gather-facts';
import { endSession } from '../../flows/sessions/end-sessions';
import { hasSignedInUser, stateOf, toError } from '../kernel/request';
import { parseSessionData, type MfaSessionData } from './session-data-text';

const FOUND = Symbol('found');
const WRITE = Symbol('write');
const ENDING = Symbol('ending');
const LOADED = Symbol('loaded');

interface OwnSessionData extends SessionData {
  /** Passed from the store to the request. */
  [FOUND]?: { readonly hint: Hint | undefined; readonly reads: PrefetchedRecords | undefined };
  [WRITE]?: Write;
  /** The removal of the previous session, while it is in progress. */
  [ENDING]?: Promise<void>;
  /** The session was loaded from the store. */
  [LOADED]?: true;
}

/** express-session adds a method to its store that is missing in its types. */
interface GeneratingStore extends Store {
  generate(req: Request): void;
}

interface Write {
  readonly text: string;
  readonly endsAt: number;
  done: boolean;
}

/**
 * The store of `mfa.sessions()`, with fewer round trips: it reads a session together with its owner's records, once this
 * process has seen the session; the owner is only a hint, so users of these records compare them with the session itself. It
 * skips a second write of the same data in a request: Passport and express-session both save. It does not delete sessions that
 * were never stored, and deletes a replaced session together with the first write of its successor. A session that the host
 * destroys is also removed from its owner's list.
 */
export function prefetchingSessionStore(
  context: Pick<FlowContext, 'records' | 'state' | 'clock'> & {
    readonly options: Pick<FlowContext['options'], 'onError'>;
  },
  store: Store,
): Store {
  const hints = new SessionHints();
  const own: GeneratingStore = Object.create(store);

  own.get = function getWithReads(sessionId, done) {
    const known = hints.find(sessionId);
    const owner = known?.owner ?? null;
    const reads = owner === null ? undefined : readEarly(context, owner);
    store.get(sessionId, function found(error: unknown, data?: OwnSessionData | null) {
      if (data !== null && data !== undefined)
        data[FOUND] = { hint: hints.learn(sessionId, data.mfa, known), reads };
      done(error, data);
    });
  };

  own.createSession = function createSessionWithReads(req, data: OwnSessionData) {
    const state = stateOf(req);
    state.loaded = true;
    state.sessionData = data[FOUND]?.hint;
    state.reads = data[FOUND]?.reads;
    const session = store.createSession(req, data);
    setHidden(session, LOADED, true);
    return session;
  };

  /** It is valid as long as it is stored, so a request in progress must not write it again after it was deleted. */
  function isWithoutGrant(sessionId: string, data: OwnSessionData): boolean {
    return (
      hasSignedInUser({ session: data }) &&
      hints.learn(sessionId, data.mfa)?.sessionData.session === undefined
    );
  }

  own.set = function setOnce(sessionId, data: OwnSessionData, done) {
    const ending = data[ENDING];
    const write = toWrite(data);
    if (isRepeated(data[WRITE], write)) {
      done?.();
      return;
    }
    setHidden(data, WRITE, write);
    if (data[LOADED] === true && isWithoutGrant(sessionId, data)) {
      store.get(sessionId, function found(error: unknown, kept) {
        if (!kept) done?.(error);
        else store.set(sessionId, data, done);
      });
      return;
    }
    hints.learn(sessionId, data.mfa);
    store.set(sessionId, data, function wrote(error: unknown) {
      write.done = error === null || error === undefined;
      if (ending === undefined || !write.done) done?.(error);
      else
        void ending.then(
          () => done?.(),
          (failure: unknown) => done?.(failure),
        );
    });
  };

  const forget: Store['destroy'] = (sessionId, done) => {
    hints.forget(sessionId);
    store.destroy(sessionId, done);
  };

  const forgetAndUnlist: Store['destroy'] = (sessionId, done) => {
    const owner = hints.find(sessionId)?.owner ?? null;
    // In the background; a failure does not block the log-out.
    if (owner?.phase === 'session')
      endSession(context, { userId: owner.userId, handle: owner.ownerId }).catch(context.options.onError);
    forget(sessionId, done);
  };
  own.destroy = forgetAndUnlist;

  own.regenerate = function regenerateAtOnce(req, done) {
    const before: OwnSessionData | undefined = req.session;
    const isStored = stateOf(req).loaded || before?.[WRITE] !== undefined;
    const { savesNext } = stateOf(req);
    const ending = isStored ? promiseEnd(forget, req.sessionID) : Promise.resolve();
    Object.assign(stateOf(req), { loaded: false, savesNext: false });
    if (!savesNext) {
      const renew = (error: unknown) => {
        own.generate(req);
        done(error);
      };
      ending.then(() => renew(null), renew);
      return;
    }
    // The caller that saves the next session gets the error. Without a handler here, the rejection would end the process.
    ending.catch(() => undefined);
    own.generate(req);
    if (isStored) setHidden(req.session, ENDING, ending);
    done(null);
  };
  ownStores.add(own);
  return own;
}

const ownStores = new WeakSet<object>();

export function isOwnSessionStore(store: object): boolean {
  return ownStores.has(store);
}

function promiseEnd(end: Store['destroy'], sessionId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    end(sessionId, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(toError(error));
    });
  });
}

/** Sets a property that is not enumerable, so that it is not serialized. */
function setHidden<Key extends keyof OwnSessionData>(
  data: OwnSessionData,
  key: Key,
  value: OwnSessionData[Key],
): void {
  Object.defineProperty(data, key, { value, configurable: true });
}

function toWrite({ cookie, ...rest }: SessionData): Write {
  return { text: JSON.stringify(rest), endsAt: Number(cookie.expires ?? 0), done: false };
}

/** Each save moves the expiry by the time since the last save. Less than a second counts as the same. */
function isRepeated(before: Write | undefined, now: Write): boolean {
  return before?.done === true && before.text === now.text && Math.abs(before.endsAt - now.endsAt) < 1000;
}

/** Our data and the owner of a session as last seen. Used only to decide what to prefetch. */
interface Hint {
  readonly text: string;
  readonly sessionData: MfaSessionData;
  /** Null if nobody was signed in. */
  readonly owner: Reader | null;
}

/** Enough for the users who are active in one process at a time. */
const REMEMBERED = 10_000;

/** The sessions that this process used last, by id. */
class SessionHints {
  readonly #hints = new RecentMap<string, Hint>(REMEMBERED);

  find(sessionId: string): Hint | undefined {
    return this.#hints.get(sessionId);
  }

  /** Parses the text if it has changed since. Undefined if it cannot be read. */
  learn(sessionId: string, text: string | undefined, known = this.#hints.get(sessionId)): Hint | undefined {
    if (known?.text === text) return known;
    const hint = text === undefined ? undefined : toHint(text);
    if (hint === undefined) this.#hints.delete(sessionId);
    else this.#hints.set(sessionId, hint);
    return hint;
  }

  forget(sessionId: string): void {
    this.#hints.delete(sessionId);
  }
}

/** Undefined for unreadable data, which is refused when a request reads it. */
function toHint(text: string): Hint | undefined {
  try {
    const sessionData = parseSessionData(text);
    return { text, sessionData, owner: ownerOf(sessionData) };
  } catch {
    return undefined;
  }
}

function ownerOf({ session, login }: MfaSessionData): Reader | null {
  const organizationId = session?.organizationEpochs.at(-1)?.[0];
  if (session !== undefined && organizationId !== undefined)
    return { phase: 'session', userId: session.userId, organizationId, ownerId: session.handle };
  if (login === undefined) return null;
  const { userId, organizationId: enteredBy, pendingId } = login;
  return { phase: 'pending', userId, organizationId: enteredBy, ownerId: pendingId };
}
