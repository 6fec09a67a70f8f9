import { RecentMap } from '../core/recent-map';
import type { FlowContext } from '../flows/context';
import type { EarlyReads } from '../flows/gather-facts';
import type { MfaSlot } from './session-slot';
import { parseSlot } from './session-slot-text';

/** Whose session it is, or whose half a login, which has no handle. */
type Owner = Pick<EarlyReads, 'userId' | 'organizationId' | 'handle'>;

/** What the slot of a session said when it was seen last, and whose it was: what to read along with it, and nothing more. */
export interface Hint {
  readonly text: string;
  readonly slot: MfaSlot;
  /** Null where it was nobody's. */
  readonly owner: Owner | null;
}

/** Enough for the people who are busy in one process at a time. */
const REMEMBERED = 10_000;

/** The sessions that this process saw last, by their id. */
export class SessionHints {
  readonly #hints = new RecentMap<string, Hint>(REMEMBERED);

  find(sessionId: string): Hint | undefined {
    return this.#hints.get(sessionId);
  }

  /** What the slot says; read only where it is another than the last time. Undefined where it says nothing that can be read. */
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

function toHint(text: string): Hint | undefined {
  const slot = readable(text);
  return slot === undefined ? undefined : { text, slot, owner: ownerOf(slot) };
}

function ownerOf({ session, login }: MfaSlot): Owner | null {
  const organizationId = session?.organizationEpochs.at(-1)?.[0] ?? login?.organizationId;
  const userId = session?.userId ?? login?.userId;
  if (userId === undefined || organizationId === undefined) return null;
  return { userId, organizationId, handle: session?.handle ?? null };
}

/** A slot that cannot be read is refused where a request asks for it; the store only brings it. */
function readable(text: string): MfaSlot | undefined {
  try {
    return parseSlot(text);
  } catch {
    return undefined;
  }
}

/** Asks for what the guard, or the second step of a login, will need of the owner. */
export function readEarly(
  { records, state, clock }: Pick<FlowContext, 'records' | 'state' | 'clock'>,
  owner: Owner,
): EarlyReads {
  const { userId, organizationId, handle } = owner;
  const found = Promise.all([
    records.findMember(userId, organizationId),
    records.findPolicy(organizationId),
    handle === null ? undefined : state.findSession(userId, handle),
  ]);
  // Whoever uses them is told of a failure; nobody using them must not end the process.
  found.catch(() => undefined);
  return { userId, organizationId, handle, at: clock.now(), found };
}
