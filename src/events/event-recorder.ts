import { EventEmitter } from 'node:events';
import { isRecent, type Clock } from '../core/clock';
import { RecentMap } from '../core/text/recent-map';
import type { Records } from '../records/records';
import type { EventName, MfaEvent } from './events';
import type { Log } from './log';
import type { Metrics } from './metrics';

export type EventReport = Omit<MfaEvent, 'at' | 'details'> & { readonly details?: MfaEvent['details'] };

/** The events for a host. `'event'` is every event. */
export interface MfaEvents {
  on(name: EventName | 'event', listener: (event: MfaEvent) => void): void;
  off(name: EventName | 'event', listener: (event: MfaEvent) => void): void;
  /** Resolves when every event reported so far is stored, or was passed to `onError`. */
  settled(): Promise<void>;
}

export interface EventRecorderParts {
  readonly records: Records;
  readonly clock: Clock;
  readonly keep: { readonly maxCount: number; readonly maxAgeSeconds: number };
  readonly onError: (error: unknown) => void;
  readonly log?: Pick<Log, 'event'> | null;
  readonly metrics?: Pick<Metrics, 'event'> | null;
  /** Queues the event for webhooks. Resolves when it is queued. */
  readonly queue?: (event: MfaEvent) => Promise<void>;
}

/** Events of an organization within this time are stored together. */
const BATCH_MS = 25;
const MAX_BATCH = 500;

/** Stores repeated refusals once a minute, and events of one kind by one person up to a limit. Storing never fails a request. */
export class EventRecorder implements MfaEvents {
  readonly #emitter = new EventEmitter();
  readonly #running = new Set<Promise<void>>();
  readonly #waiting = new Map<string, MfaEvent[]>();
  #timer: NodeJS.Timeout | null = null;
  readonly #parts: EventRecorderParts;
  readonly #flood = new EventFlood();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
  }

  report(report: EventReport): void {
    void this.reportQueued(report);
  }

  /** Reports an event, and resolves when it is queued for webhooks. For changes whose response must wait for that. */
  reportQueued(report: EventReport): Promise<void> {
    const event: MfaEvent = { ...report, at: this.#parts.clock.now(), details: report.details ?? {} };
    this.#emit(event);
    this.#parts.metrics?.event(event);
    if (this.#flood.isHeldBack(event)) return Promise.resolve();
    this.#parts.log?.event(event);
    const others = this.#waiting.get(event.organizationId);
    if (others === undefined) this.#waiting.set(event.organizationId, [event]);
    else if (others.push(event) >= MAX_BATCH) this.#storeWaiting();
    this.#timer ??= setTimeout(() => this.#storeWaiting(), BATCH_MS);
    const { queue } = this.#parts;
    return queue === undefined ? Promise.resolve() : this.#track(queue(event));
  }

  #track(work: Promise<void>): Promise<void> {
    const done = work.catch(this.#parts.onError);
    this.#running.add(done);
    return done.finally(() => this.#running.delete(done));
  }

  #storeWaiting(): void {
    const { records, keep } = this.#parts;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const events of this.#waiting.values()) {
      void this.#track(records.appendEvents(events, keep));
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
    await Promise.all(this.#running);
  }

  /** A listener that throws must not fail the request. */
  #emit(event: MfaEvent): void {
    try {
      this.#emitter.emit('event', event);
      this.#emitter.emit(event.name, event);
    } catch (error) {
      this.#parts.onError(error);
    }
  }
}

/** Events that anybody can cause with any request. */
const REPEATABLE: ReadonlySet<EventName> = new Set([
  'request-refused',
  'password-rejected',
  'password-throttled',
]);
const WINDOW_SECONDS = 60;
const CAPACITY = 10_000;
/** More than a person causes by hand, and more than the limits on guessing allow. */
const MOST_A_MINUTE = 20;

/** If all were stored, an attacker's requests could push everything else out of an organization's log. */
export class EventFlood {
  readonly #lastStoredAt = new RecentMap<string, number>(CAPACITY);
  readonly #ofPerson = new RecentMap<string, { readonly since: number; count: number }>(CAPACITY);

  /** True for a refusal repeated within a minute, and for too many events of one kind by one person in a minute. */
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

  /** A person with the right password can start any number of logins, from any number of addresses. */
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
