import { EventEmitter } from 'node:events';
import type { Clock } from '../core/clock';
import { isRecent } from '../core/text/credible-instant';
import { RecentMap } from '../core/text/recent-map';
import type { Records } from '../records/records';
import type { EventName, MfaEvent } from './events';

/** What a flow says about an event; the recorder adds the time. */
export type EventReport = Omit<MfaEvent, 'at' | 'details'> & { readonly details?: MfaEvent['details'] };

/** What a host can listen to. `'event'` is every event. */
export interface MfaEvents {
  on(name: EventName | 'event', listener: (event: MfaEvent) => void): void;
  off(name: EventName | 'event', listener: (event: MfaEvent) => void): void;
  /** Resolves when every event reported so far is stored, or was given to `onError`. */
  settled(): Promise<void>;
}

export interface EventRecorderParts {
  readonly records: Records;
  readonly clock: Clock;
  readonly keep: { readonly maxCount: number; readonly maxAgeSeconds: number };
  readonly onError: (error: unknown) => void;
}

/** How long events wait for more of their organization, which are stored together. */
const GATHERED_MS = 25;
/** As many as one script is given at a time. */
const MOST_TOGETHER = 500;

/**
 * Emits each event to the host and appends it to the records, the same refusal once a minute, and of one person no
 * more of a kind than anybody causes by hand. Storing never delays an answer and never fails one;
 * events that cannot be stored are given to `onError`.
 */
export class EventRecorder implements MfaEvents {
  readonly #emitter = new EventEmitter();
  readonly #underWay = new Set<Promise<void>>();
  readonly #waiting = new Map<string, MfaEvent[]>();
  #timer: NodeJS.Timeout | null = null;
  readonly #parts: EventRecorderParts;
  readonly #flood = new EventFlood();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
  }

  report(report: EventReport): void {
    const event: MfaEvent = { ...report, at: this.#parts.clock.now(), details: report.details ?? {} };
    this.#emit(event);
    if (this.#flood.isHeldBack(event)) return;
    const others = this.#waiting.get(event.organizationId);
    if (others === undefined) this.#waiting.set(event.organizationId, [event]);
    else if (others.push(event) >= MOST_TOGETHER) this.#storeWaiting();
    this.#timer ??= setTimeout(() => this.#storeWaiting(), GATHERED_MS);
  }

  #storeWaiting(): void {
    const { records, keep, onError } = this.#parts;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const events of this.#waiting.values()) {
      const stored = records.appendEvents(events, keep).catch(onError);
      this.#underWay.add(stored);
      void stored.finally(() => this.#underWay.delete(stored));
    }
    this.#waiting.clear();
  }

  on(name: EventName | 'event', listener: (event: MfaEvent) => void): void {
    this.#emitter.on(name, listener);
  }

  off(name: EventName | 'event', listener: (event: MfaEvent) => void): void {
    this.#emitter.off(name, listener);
  }

  async settled(): Promise<void> {
    this.#storeWaiting();
    await Promise.all(this.#underWay);
  }

  /** A listener that throws is the host's fault and not the visitor's. */
  #emit(event: MfaEvent): void {
    try {
      this.#emitter.emit('event', event);
      this.#emitter.emit(event.name, event);
    } catch (error) {
      this.#parts.onError(error);
    }
  }
}

/** Events that a visitor can cause as often as they send requests. */
const REPEATABLE: ReadonlySet<EventName> = new Set([
  'request-refused',
  'password-rejected',
  'password-throttled',
]);
const WINDOW_SECONDS = 60;
const CAPACITY = 10_000;
/** More than anybody does by hand, and than the limits on guessing let through. */
const MOST_A_MINUTE = 20;

/**
 * Tells floods from news. Stored one by one, a hundred thousand requests would push everything else out of an organization's
 * log, which is how an intruder would clean up.
 */
export class EventFlood {
  readonly #lastStoredAt = new RecentMap<string, number>(CAPACITY);
  readonly #ofPerson = new RecentMap<string, { readonly since: number; count: number }>(CAPACITY);

  /** The same refusal within a minute, or more of one kind by one person in a minute than anybody needs. */
  isHeldBack(event: MfaEvent): boolean {
    return (REPEATABLE.has(event.name) && this.#isRepeated(event)) || this.#isTooMany(event);
  }

  #isRepeated({ name, userId, organizationId, address, details, at }: MfaEvent): boolean {
    const key = JSON.stringify([name, userId, organizationId, address, details['because']]);
    const last = this.#lastStoredAt.get(key);
    if (last !== undefined && isRecent(last, WINDOW_SECONDS, at)) return true;
    this.#lastStoredAt.set(key, at);
    return false;
  }

  /** Whoever holds one password can begin logins without end, from as many addresses as they like. */
  #isTooMany({ name, userId, actorId, organizationId, at }: MfaEvent): boolean {
    if (userId === undefined || actorId !== undefined) return false;
    const key = JSON.stringify([name, userId, organizationId]);
    const known = this.#ofPerson.get(key);
    if (known === undefined || !isRecent(known.since, WINDOW_SECONDS, at)) {
      this.#ofPerson.set(key, { since: at, count: 1 });
      return false;
    }
    known.count += 1;
    return known.count > MOST_A_MINUTE;
  }
}
