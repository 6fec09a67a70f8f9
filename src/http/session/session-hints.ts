import { RecentMap } from '../../core/text/recent-map';
import type { Reader } from '../../flows/context/gather-facts';
import { parseSessionData, type MfaSessionData } from './session-data-text';

/** Our data and the owner of a session as last seen. It only says what to prefetch. */
export interface Hint {
  readonly text: string;
  readonly sessionData: MfaSessionData;
  /** Null if nobody was signed in. */
  readonly owner: Reader | null;
}

/** Enough for the people who are busy in one process at a time. */
const REMEMBERED = 10_000;

/** The sessions that this process saw last, by their id. */
export class SessionHints {
  readonly #hints = new RecentMap<string, Hint>(REMEMBERED);

  find(sessionId: string): Hint | undefined {
    return this.#hints.get(sessionId);
  }

  /** Parses the text if it has changed since. Undefined if it cannot be read. */
  learn(sessionId: string, text: string | undefined): Hint | undefined {
    const known = this.#hints.get(sessionId);
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
