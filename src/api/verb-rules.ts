import * as z from 'zod';
import type { Exemption } from '../core/member/member';
import type { Policy } from '../core/policy/policy';
import { ENROLLABLE_KINDS } from '../factors/find-factor';
import { BULK_ACTS } from '../flows/admin/bulk-request';
import { MEMBER_FILTERS } from '../flows/admin/member-list';
import { call, options, verb, type RulesForCalls } from '../options/call-check';
import type { OptionRule, RulesFor } from '../options/option-check';
import { aFunction, aSwitch, anId, anObject, number, oneOf, someText } from '../options/option-kinds';
import { POLICY_RULES } from '../options/policy-rules';
import {
  ACTOR,
  A_MEMBER,
  A_MEMBER_BY_ACTOR,
  FIRST_FACTOR_CHANNEL,
  ORGANIZATION_ID,
  USER_ID,
  aListOfIds,
  anArgument,
  anIterable,
  definite,
} from './argument-rules';
import type { BulkWork, ManyMembers } from './bulk-api';
import { AUTHENTICATOR_RULES, CHALLENGE_RULES } from './factor-rules';
import type {
  EndExemptionOptions,
  EndSessionsOptions,
  ExemptionRequest,
  ExplainOptions,
  MemberListRequest,
  MemberSettingsChange,
  ProgrammaticApi,
  ReportRequest,
  ResealOptions,
  ResetOptions,
  SavePolicyOptions,
  SessionsOfUserApi,
  UnlockOptions,
} from './programmatic-api';

// Rules for the functions that hosts call in code. Fields that are present must have a value, so that an undefined variable is
// not taken for "no change".

const VERSION = number({ min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'saves', write: 'version' });

const POLICY_CHANGE = anArgument(
  'change',
  "{ enabled: true, enrollment: 'required' }",
  definite({
    ...POLICY_RULES,
    organizationId: anId('it as it came, of the same organization'),
    version: VERSION,
  } satisfies RulesFor<Policy>),
);

const INSTANT: OptionRule = {
  schema: z.number(),
  allowed: 'an instant in epoch milliseconds',
  write: 'until: Date.now() + 30 * 86_400_000',
  shown: true,
};

const REASON: OptionRule = {
  ...someText('a text that says why', "reason: 'The phone is lost; called back on the number on file'"),
  required: true,
};

const END_SESSIONS = {
  ...ACTOR,
  reason: someText('a text that says why', "reason: 'The laptop was stolen'"),
} satisfies RulesFor<EndSessionsOptions>;

const EXPLAIN = options('members.explain(member, { maxAgeSeconds: 300 })', {
  maxAgeSeconds: {
    schema: z.number().positive(),
    allowed: 'a number of seconds above 0',
    write: 'maxAgeSeconds: 300',
    shown: true,
  },
} satisfies RulesFor<ExplainOptions>);

const REPORT = options("members.report({ organizationId: 'acme' })", {
  organizationId: anId("organizationId: 'acme'"),
} satisfies RulesFor<ReportRequest>);

const EVERYWHERE = { everywhere: aSwitch('everywhere: true') };

const KIND = oneOf([...ENROLLABLE_KINDS], "assignedKind: 'totp'");

const ANY_KIND: OptionRule = {
  ...KIND,
  schema: z.union([z.null(), z.enum(ENROLLABLE_KINDS)]),
  allowed: `${KIND.allowed}, or null for any`,
};

const EXEMPTION = {
  reason: REASON,
  until: { ...INSTANT, required: true },
  grantedBy: anId('it as it came'),
  grantedAt: { ...INSTANT, write: 'it as it came' },
} satisfies RulesFor<ExemptionRequest> & RulesFor<Exemption>;

const SETTINGS = anArgument(
  'settings',
  "{ enabled: true, assignedKind: 'email' }",
  definite({
    enabled: { ...aSwitch('enabled: true'), required: true },
    assignedKind: ANY_KIND,
    skipsUsed: number({ min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'skips', write: 'it as it came' }),
    exemption: {
      schema: z.union([z.null(), anObject]),
      allowed: 'the exemption as it came',
      write: 'it as it came, and members.exempt to change it',
      fields: EXEMPTION,
    },
  } satisfies RulesFor<MemberSettingsChange>),
);

const LIST_QUERY: OptionRule = {
  schema: z.string(),
  allowed: 'a text to search for',
  write: "query: 'ada'",
  shown: true,
};

const LIST = options("members.list({ organizationId: 'acme', filter: 'not-configured' })", {
  organizationId: anId("organizationId: 'acme'"),
  filter: oneOf(MEMBER_FILTERS, "filter: 'not-configured'"),
  query: LIST_QUERY,
  cursor: someText('the nextCursor of the page before', 'cursor: nextCursor'),
  limit: number({ min: 1, max: 200, unit: 'members', write: 'limit: 50' }),
} satisfies RulesFor<MemberListRequest>);

// With a filter, an undefined list of ids would select all members.
const MANY = anArgument(
  'members',
  "{ organizationId: 'acme', filter: 'not-configured' }",
  definite({
    organizationId: anId("organizationId: 'acme'"),
    userIds: { schema: aListOfIds, allowed: 'a list of user ids', write: "userIds: ['7', '8']" },
    filter: oneOf(MEMBER_FILTERS, "filter: 'not-configured'"),
    query: LIST_QUERY,
    ...ACTOR,
  } satisfies RulesFor<ManyMembers>),
);

const ACT: OptionRule = { ...oneOf([...BULK_ACTS], "act: 'remind'"), required: true };

const BULK_CHANGE = anArgument(
  'change',
  "{ act: 'remind' }",
  definite({
    act: ACT,
    assignedKind: ANY_KIND,
    reason: someText('a text that says why', "reason: 'Moving to another provider'"),
    until: INSTANT,
  }),
);

const BULK_WORK = anArgument('work', "{ organizationId: 'acme', act: 'remind' }", {
  organizationId: anId("organizationId: 'acme'"),
  act: ACT,
} satisfies RulesFor<BulkWork>);

const RESEAL = options("resealAll({ organizationId: 'acme' })", {
  organizationId: anId("organizationId: 'acme'"),
  userIds: {
    schema: anIterable,
    allowed: 'a list of user ids, or another iterable of them',
    write: "userIds: ['7', '8']",
  },
  cursor: someText('the cursor that onBatch was given', 'cursor'),
  batchSize: number({ min: 1, max: 1000, unit: 'users', write: 'batchSize: 100' }),
  onBatch: {
    schema: aFunction,
    allowed: 'a function that takes the progress',
    write: 'onBatch: console.log',
  },
} satisfies RulesFor<ResealOptions>);

export const VERB_RULES: RulesForCalls<ProgrammaticApi> = {
  policies: {
    get: verb(ORGANIZATION_ID),
    save: verb(
      ORGANIZATION_ID,
      POLICY_CHANGE,
      options("policies.save(organizationId, change, { actorId: 'ada' })", {
        ...ACTOR,
        expectedVersion: VERSION,
      } satisfies RulesFor<SavePolicyOptions>),
    ),
    endAllSessions: verb(
      ORGANIZATION_ID,
      options("policies.endAllSessions(organizationId, { actorId: 'ada' })", END_SESSIONS),
    ),
  },
  members: {
    get: verb(A_MEMBER),
    save: verb(A_MEMBER, SETTINGS),
    exempt: verb(
      A_MEMBER_BY_ACTOR,
      anArgument('exemption', "{ reason: 'Nightly export', until: Date.now() + 30 * 86_400_000 }", EXEMPTION),
    ),
    list: verb(LIST),
    describe: verb(A_MEMBER),
    explain: verb(A_MEMBER, EXPLAIN),
    report: verb(REPORT),
    remind: verb(A_MEMBER),
    changeMany: verb(MANY, BULK_CHANGE),
    findProgress: verb(BULK_WORK),
    endExemption: verb(
      A_MEMBER,
      options("members.endExemption(member, { reason: 'The export is gone' })", {
        reason: END_SESSIONS.reason,
      } satisfies RulesFor<EndExemptionOptions>),
    ),
    reset: verb(
      A_MEMBER,
      options(
        "members.reset(member, { reason: 'The phone is lost' })",
        { reason: REASON, ...EVERYWHERE } satisfies RulesFor<ResetOptions>,
        'required',
      ),
    ),
    unlock: verb(
      A_MEMBER,
      options('members.unlock(member, { everywhere: true })', {
        ...EVERYWHERE,
        reason: END_SESSIONS.reason,
      } satisfies RulesFor<UnlockOptions>),
    ),
  },
  authenticators: AUTHENTICATOR_RULES,
  challenges: CHALLENGE_RULES,
  sessionsOf: call(USER_ID),
  recordPasswordReset: verb(USER_ID, FIRST_FACTOR_CHANNEL),
  notePasswordReset: verb(USER_ID, FIRST_FACTOR_CHANNEL),
  resealAll: verb(RESEAL),
  migrate: verb(),
  migrationSql: call(),
};

export const SESSION_VERB_RULES: RulesForCalls<SessionsOfUserApi> = {
  list: verb(),
  end: verb(
    { name: 'handle', ...someText('the handle of a session', 'the handle that list gave'), required: true },
    options("sessionsOf(userId).end(handle, { actorId: 'ada' })", ACTOR),
  ),
  endAll: verb(options("sessionsOf(userId).endAll({ actorId: 'ada' })", END_SESSIONS)),
};
