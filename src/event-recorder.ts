import { EventEmitter } from 'node:events';
import { EventFlood } from './event-flood';
import type { EventName, MfaEvent } from './events';
import type { Clock } from './ports';
import type { RecordStore } from './stores/record-store';

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
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly keep: { readonly maxCount: number; readonly maxAgeSeconds: number };
  readonly onError: (error: unknown) => void;
}

/**
 * Emits each event to the host and appends it to the records, the same refusal once a minute, and of one person no
 * more of a kind than anybody causes by hand. Storing never delays an answer and never fails one;
 * an event that cannot be stored is given to `onError`.
 */
export class EventRecorder implements MfaEvents {
  readonly #emitter = new EventEmitter();
  readonly #underWay = new Set<Promise<void>>();
  readonly #parts: EventRecorderParts;
  readonly #flood = new EventFlood();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
  }

  report(report: EventReport): void {
    const { records, clock, keep, onError } = this.#parts;
    const event: MfaEvent = { ...report, at: clock.now(), details: report.details ?? {} };
    this.#emit(event);
    if (this.#flood.isHeldBack(event)) return;
    const stored = records.appendEvent(event, keep).catch(onError);
    this.#underWay.add(stored);
    void stored.finally(() => this.#underWay.delete(stored));
  }

  on(name: EventName | 'event', listener: (event: MfaEvent) => void): void {
    this.#emitter.on(name, listener);
  }

  off(name: EventName | 'event', listener: (event: MfaEvent) => void): void {
    this.#emitter.off(name, listener);
  }

  async settled(): Promise<void> {
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
