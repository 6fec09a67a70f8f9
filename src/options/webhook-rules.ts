import * as z from 'zod';
import type { WebhookTarget } from '../delivery/post-webhook';
import { EVENT_NAMES, type EventName } from '../events/events';
import { checkOption, refuse, type OptionRule, type RulesFor } from './option-check';
import { anObject, danger, listOf } from './option-kinds';

/** Where events are sent. */
export interface WebhookEndpoint extends WebhookTarget {
  /** Which events. Default: all that are stored. */
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
  if (username !== '' || password !== '') return 'the address holds a user name or a password';
  if (hash !== '') return 'the address holds a fragment';
  if (protocol === 'https:') return null;
  const isLocal = protocol === 'http:' && LOCAL_HOSTS.includes(hostname);
  return isLocal && dangerouslyAllowPrivateAddress === true ? null : `${protocol} was passed as its scheme`;
}
