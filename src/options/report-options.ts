import * as z from 'zod';
import type { WebhookTarget } from '../delivery/post-webhook';
import { EVENT_NAMES, type EventName } from '../events/events';
import { createLog, type Log, type Logger } from '../events/log';
import { createMetrics, type Meter, type Metrics } from '../events/metrics';
import { checkOption, refuse, type OptionRule, type RulesFor } from './option-check';
import { anObject, callback, danger, group, listOf, number, port } from './option-kinds';

/** An endpoint that receives events. */
export interface WebhookEndpoint extends WebhookTarget {
  /** The events to send. Default: all stored events. */
  readonly events?: readonly EventName[] | undefined;
}

const LEAST_BYTES = 24;

const FIELDS = {
  url: {
    schema: z.string().refine((text) => URL.canParse(text), { error: '' }),
    allowed: 'an https address without a user name',
    write: "url: 'https://hooks.example.com/mfa'",
    required: true,
  },
  secrets: {
    schema: z.array(z.string().refine(isSecret, { error: '' })).min(1),
    allowed: `a list of secrets of ${LEAST_BYTES} or more random bytes each, in base64`,
    write: 'secrets: [process.env.WEBHOOK_SECRET], with a secret made by: openssl rand -base64 32',
    required: true,
  },
  events: listOf(EVENT_NAMES, "events: ['policy-changed']"),
  dangerouslyAllowPrivateAddress: danger('dangerouslyAllowPrivateAddress'),
} satisfies RulesFor<WebhookEndpoint>;

const ENDPOINT: OptionRule = {
  schema: anObject,
  allowed: 'an endpoint',
  write: "{ url: 'https://hooks.example.com/mfa', secrets: [process.env.WEBHOOK_SECRET] }",
  required: true,
  fields: FIELDS,
};

function isSecret(text: string): boolean {
  const encoded = text.replace(/^whsec_/, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && Buffer.from(encoded, 'base64').length >= LEAST_BYTES;
}

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Every endpoint, checked. */
export function resolveWebhooks(given: readonly WebhookEndpoint[] = []): readonly WebhookEndpoint[] {
  for (const [index, endpoint] of given.entries()) {
    const name = `webhooks[${index}]`;
    checkOption(name, endpoint, ENDPOINT);
    const problem = findFault(endpoint);
    if (problem !== null) throw refuse(`${name}.url`, FIELDS.url, problem);
  }
  return given;
}

function findFault({ url, dangerouslyAllowPrivateAddress }: WebhookEndpoint): string | null {
  const { protocol, hostname, username, password, hash } = new URL(url);
  if (username !== '' || password !== '') return 'the URL contains a user name or a password';
  if (hash !== '') return 'the URL contains a fragment';
  if (protocol === 'https:') return null;
  const isLocal = protocol === 'http:' && LOCAL_HOSTS.includes(hostname);
  return isLocal && dangerouslyAllowPrivateAddress === true ? null : `${protocol} was passed as its scheme`;
}

const DAY = 86_400;

/** How many events an organization keeps, and for how long. */
export interface EventRetention {
  readonly keepCount: number;
  readonly keepSeconds: number;
}

/** The options for storing and reporting events and errors. */
export interface ReportOptions {
  /** How many events each organization keeps. Default: 100000, for 400 days. */
  readonly events?: Partial<EventRetention> | undefined;
  /**
   * Endpoints that receive events, signed according to Standard Webhooks. Each event is sent at least once, and retried for
   * three days after a failure. Default: none.
   */
  readonly webhooks?: readonly WebhookEndpoint[] | undefined;
  /**
   * A logger in pino's shape. It gets every stored event, with `event` as a field, and every error that `onError` would get,
   * with `code`. It never gets a secret, a code or an address. Default: none.
   */
  readonly logger?: Logger | undefined;
  /**
   * A meter of `@opentelemetry/api`, as from `metrics.getMeter('my-app')`: counts events and decisions about guarded requests,
   * and measures the latency of the stores. No attribute identifies a person. Default: none.
   */
  readonly meter?: Meter | undefined;
  /**
   * Called instead of the logger with errors that no request can report, such as a notice that was not sent. Default: the
   * logger, or standard error without a logger.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface ResolvedReportOptions {
  readonly webhooks: readonly WebhookEndpoint[];
  readonly events: EventRetention;
  readonly log: Log | null;
  readonly metrics: Metrics | null;
  readonly onError: (error: unknown) => void;
}

const EVENTS = {
  keepCount: number({ min: 1, max: 10_000_000, unit: 'events', write: 'keepCount: 100000' }),
  keepSeconds: number({
    min: 1,
    max: 3650 * DAY,
    unit: 'seconds',
    write: 'keepSeconds: 34560000 (400 days)',
  }),
} satisfies RulesFor<EventRetention>;

export const REPORT_RULES: RulesFor<ReportOptions> = {
  events: group('events: { keepCount: 100000 }', EVENTS),
  webhooks: {
    schema: z.array(anObject),
    allowed: 'a list of endpoints',
    write: "webhooks: [{ url: 'https://hooks.example.com/mfa', secrets: [process.env.WEBHOOK_SECRET] }]",
  },
  logger: port('a logger such as pino', 'logger: pino()', ['error', 'warn', 'info'], ['child']),
  meter: port('a meter of OpenTelemetry', "meter: metrics.getMeter('my-app')", [
    'createCounter',
    'createHistogram',
  ]),
  onError: callback('a function that takes an error', 'onError: (error) => logger.error(error)'),
};

/** Resolves the destinations of events and errors. */
export function resolveReporting({
  webhooks,
  logger,
  meter,
  onError,
}: ReportOptions): Omit<ResolvedReportOptions, 'events'> {
  const log = logger === undefined ? null : neverFailing(createLog(logger));
  return {
    webhooks: resolveWebhooks(webhooks),
    log,
    metrics: meter === undefined ? null : createMetrics(meter),
    onError: neverThrowing(onError ?? log?.error ?? printError),
  };
}

/** An error in the logger must not fail a request. */
function neverFailing(log: Log): Log {
  return { error: neverThrowing(log.error), event: neverThrowing(log.event) };
}

function printError(error: unknown): void {
  console.error('express-mfa:', error);
}

/** An error in the host's `onError` must not end the process. */
function neverThrowing<Reported>(call: (reported: Reported) => unknown): (reported: Reported) => void {
  async function report(reported: Reported): Promise<void> {
    try {
      await call(reported);
    } catch {
      // The host's own error handler failed, so there is nowhere left to report this.
    }
  }
  return function reportSafely(reported) {
    void report(reported);
  };
}
