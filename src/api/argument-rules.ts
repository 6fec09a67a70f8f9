import * as z from 'zod';
import { parseEmailAddress } from '../core/address/destination';
import type { UpstreamClaims } from '../core/decision/upstream-proof';
import { hostIdText } from '../core/text/host-id';
import type { FirstFactorChannel } from '../flows/context/first-factor-channels';
import type { Argument } from '../options/call-check';
import type { OptionRule, RuleTable, RulesFor } from '../options/option-check';
import { NO_MESSAGE, anId, anObject, group, oneOf, someText } from '../options/option-kinds';
import type { ActorOptions, MemberId } from './host-actor';
import type { MemberName } from './programmatic-api';

// Rules for arguments that several functions have in common.

export const USER_ID: Argument = {
  name: 'userId',
  ...anId('the id of the user, as in user.id'),
  required: true,
};
export const ORGANIZATION_ID: Argument = {
  name: 'organizationId',
  ...anId("the id of the organization, as in 'acme'; 'default' if there are none"),
  required: true,
};

export const ACTOR = { actorId: anId("actorId: 'ada'") } satisfies RulesFor<ActorOptions>;

/** Refuses fields that are present with the value `undefined`. */
export function definite<Table extends RuleTable>(
  rules: Table,
): { readonly [Name in keyof Table]: OptionRule } {
  const marked = Object.entries(rules).map(([name, rule]) => [name, { ...rule, definite: true }]);
  return { ...rules, ...Object.fromEntries(marked) };
}

export const anIterable = z.custom(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Map) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
  NO_MESSAGE,
);

export const aListOfIds = z.custom(
  (value) => Array.isArray(value) && value.every((id) => hostIdText(id) !== null),
  NO_MESSAGE,
);

/** A required argument that is an object. */
export function anArgument(name: string, write: string, fields: RuleTable): Argument {
  const names = Object.keys(fields).join(', ');
  return { name, schema: anObject, allowed: `an object with any of ${names}`, write, fields, required: true };
}

const PERSON = {
  userId: { ...anId('userId: user.id'), required: true },
  organizationId: anId("organizationId: 'acme'"),
} satisfies RulesFor<MemberId>;
export const A_PERSON = anArgument('member', "{ userId: user.id, organizationId: 'acme' }", PERSON);

const MEMBER = { ...PERSON, ...ACTOR } satisfies RulesFor<MemberName>;
export const A_MEMBER = anArgument('member', "{ userId: user.id, organizationId: 'acme' }", MEMBER);
export const A_MEMBER_BY_ACTOR = anArgument(
  'member',
  "{ userId: user.id, organizationId: 'acme', actorId: 'ada' }",
  {
    ...MEMBER,
    actorId: { ...ACTOR.actorId, required: true },
  },
);

const CHANNEL_FIELDS = {
  channel: { ...oneOf(['email'], "channel: 'email'"), required: true },
  address: {
    schema: z.custom((value) => parseEmailAddress(value).outcome === 'parsed', NO_MESSAGE),
    allowed: 'the email address that the link or code was sent to',
    write: 'address: user.email',
    required: true,
  },
} satisfies RulesFor<FirstFactorChannel>;

export const FIRST_FACTOR_CHANNEL: Argument = {
  name: 'channel',
  schema: anObject,
  allowed: 'an object { channel, address }',
  write: "{ channel: 'email', address: user.email }",
  fields: CHANNEL_FIELDS,
  required: true,
};

/** Claims come from a token, so their values are checked later, and refused there. */
const aClaim = (name: string, write: string) => ({
  schema: z.unknown(),
  allowed: `the claim ${name}`,
  write,
});

const UPSTREAM = {
  provider: { ...someText('a name of the option `upstreamMfa`', "provider: 'okta'"), required: true },
  acr: aClaim('acr', 'acr: claims.acr'),
  amr: aClaim('amr', 'amr: claims.amr'),
  authTime: aClaim('auth_time', 'authTime: claims.auth_time'),
} satisfies RulesFor<UpstreamClaims>;

const { required: _channel, ...CHANNEL } = CHANNEL_FIELDS.channel;
const { required: _address, ...ADDRESS } = CHANNEL_FIELDS.address;

/** Optional. The object has either the two fields of a channel, or only `upstream`. */
export const FIRST_FACTOR_IF_ANY: Argument = {
  name: 'factor',
  schema: anObject.refine((value) => {
    const has = (name: string) => Reflect.get(Object(value), name) !== undefined;
    return has('upstream') ? !has('channel') && !has('address') : has('channel') && has('address');
  }, NO_MESSAGE),
  allowed: 'an object { channel, address } or { upstream }',
  write: "{ channel: 'email', address: user.email }",
  fields: { channel: CHANNEL, address: ADDRESS, upstream: group("upstream: { provider: 'okta' }", UPSTREAM) },
};
