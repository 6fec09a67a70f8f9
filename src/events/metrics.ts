import type { MfaEvent } from './events';

type Attributes = Readonly<Record<string, string>>;

/** The part of a meter of `@opentelemetry/api` that is used. */
export interface Meter {
  createCounter(
    name: string,
    options: { readonly description: string },
  ): { add(value: number, attributes: Readonly<Record<string, string>>): void };
  createHistogram(
    name: string,
    options: { readonly description: string; readonly unit: string },
  ): { record(value: number, attributes: Readonly<Record<string, string>>): void };
}

/** Details whose values come from the package, never from a person. */
const COUNTED_DETAILS: readonly string[] = ['kind', 'because', 'purpose', 'outcome'];

export interface Metrics {
  readonly event: (event: MfaEvent) => void;
  readonly decision: (decision: { readonly outcome: string; readonly because: string }) => void;
  /** Wraps a store to time its calls. */
  readonly timed: <Store extends object>(store: Store, name: 'records' | 'state') => Store;
}

/** Creates counters and a histogram. No attribute identifies a person, an organization or an address. */
export function createMetrics(meter: Meter): Metrics {
  const events = meter.createCounter('express_mfa.events', {
    description: 'Events by name: sign-ins, proofs, deliveries and others',
  });
  const decisions = meter.createCounter('express_mfa.decisions', {
    description: 'Decisions about guarded requests, by outcome and reason',
  });
  const durations = meter.createHistogram('express_mfa.store.duration', {
    description: 'How long the stores take, by method',
    unit: 's',
  });
  return {
    event({ name, details }) {
      const words = COUNTED_DETAILS.flatMap((key) => {
        const value = details[key];
        return typeof value === 'string' ? [[key, value] as const] : [];
      });
      events.add(1, { event: name, ...Object.fromEntries(words) });
    },
    decision: ({ outcome, because }) => decisions.add(1, { outcome, because }),
    timed: (store, name) =>
      timeCalls(store, (method, seconds, outcome) =>
        durations.record(seconds, { store: name, method, outcome } satisfies Attributes),
      ),
  };
}

function timeCalls<Store extends object>(
  store: Store,
  record: (method: string, seconds: number, outcome: 'done' | 'failed') => void,
): Store {
  return new Proxy(store, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method);
      if (typeof value !== 'function' || typeof method !== 'string') return value;
      return function timeCall(...given: unknown[]): unknown {
        const from = performance.now();
        const answer: unknown = Reflect.apply(value, target, given);
        if (!(answer instanceof Promise)) return answer;
        const seconds = () => (performance.now() - from) / 1000;
        answer.then(
          () => record(method, seconds(), 'done'),
          () => record(method, seconds(), 'failed'),
        );
        return answer;
      };
    },
  });
}
