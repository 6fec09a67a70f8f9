import * as z from 'zod';
import type { SpentChannel } from '../core/address/destination';
import { MfaError } from '../core/errors';
import type { Authenticator, OnFileUse } from '../core/member/authenticator';
import { NO_RECOVERY_CODES, type RecoveryCodesDocument } from '../core/member/authenticator-rules';
import { NO_BROWSERS, type BrowsersDocument } from '../core/member/browser-rules';
import type { FactorKind } from '../core/member/factor-kind';
import type { GuessCounter } from '../core/member/guess-counter';
import type { Exemption } from '../core/member/member';
import { NEW_MEMBER, type MemberDocument } from '../core/member/member-document';
import type { RememberedBrowser } from '../core/member/remembered-browser';
import { NEW_ORGANIZATION, type PolicyDocument, type StoredPolicy } from '../core/policy/policy-document';
import type { Schema } from '../core/schema';
import type { DocumentName } from '../stores/document-store';
import type { BackgroundJob, JobKind } from './background-jobs';
import type { DailyCounts } from './member-index';

/** Schemas add defaults for missing fields and keep unknown ones, so that two versions of an app can run side by side. */
export interface DocumentFormat<Value> {
  readonly name: DocumentName;
  readonly schema: Schema<Value>;
  /** The value of a document that does not exist. */
  readonly absent: Value;
}

/** The format that this version writes, and the oldest version that may overwrite it. */
export const FORMAT = 1;
export const OLDEST_WRITER = 1;

const envelope = z.looseObject({ format: z.int().min(1), oldestWriter: z.int().min(1) });

/** A parsed document, and the oldest version that may overwrite it. */
export interface ParsedDocument<Value> {
  readonly value: Value;
  readonly oldestWriter: number;
}

export function parseDocument<Value>(format: DocumentFormat<Value>, body: string): ParsedDocument<Value> {
  try {
    const { format: _, oldestWriter, ...rest } = envelope.parse(JSON.parse(body));
    return { value: freeze(format.schema.parse(rest)), oldestWriter };
  } catch (cause) {
    const message = `The ${format.name} document does not match its schema.`;
    throw new MfaError('records-unreadable', message, { cause });
  }
}

/** U+0000 and lone surrogates, which PostgreSQL cannot store. JSON writes both as escapes. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

export function writeDocument(value: unknown): string {
  const body = JSON.stringify({ format: FORMAT, oldestWriter: OLDEST_WRITER, ...Object(value) });
  if (UNSTORABLE.test(body))
    throw new MfaError('text-unusable', 'The text contains a character that cannot be stored.');
  return body;
}

/** Freezes cached values: requests share them, so a change by one would affect the decisions of others. */
export function freeze<Value>(value: Value): Value {
  // Strings, numbers and null count as frozen.
  if (Object.isFrozen(value)) return value;
  for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}

const instant = z.int();
const count = z.int().min(0);

/** Keep unknown kinds: the person has such a factor, although this version cannot verify it. */
const kind = z.custom<FactorKind>((value) => typeof value === 'string');

const exemption: z.ZodType<Exemption> = z.looseObject({
  reason: z.string(),
  grantedBy: z.string(),
  grantedAt: instant,
  until: instant,
});

const use = {
  failures: count.default(0),
  disabledAt: instant.nullable().default(null),
  lastUsedAt: instant.nullable().default(null),
};

const authenticator: z.ZodType<Authenticator> = z.looseObject({
  ...use,
  id: z.string(),
  kind,
  label: z.string(),
  createdAt: instant,
  state: z.looseObject({}).default({}),
  sealedSecret: z.string().nullable(),
  maskedDestination: z.string().nullable().default(null),
  organizationId: z.string().exactOptional(),
});

const onFileUse: z.ZodType<OnFileUse> = z.looseObject(use);

const perRank = z.object({ 1: count, 2: count, 3: count });

const guesses: z.ZodType<GuessCounter> = z.looseObject({
  failures: perRank,
  locks: perRank,
  lockedUntil: instant.nullable(),
});

const spentChannel: z.ZodType<SpentChannel> = z.looseObject({ channel: z.string(), until: instant });

const memberOfOrganization = z.looseObject({
  organization: z.string(),
  enabled: z.boolean().default(false),
  assignedKind: kind.nullable().default(null),
  skipsUsed: count.default(0),
  exemption: exemption.nullable().default(null),
});

export const MEMBER: DocumentFormat<MemberDocument> = {
  name: 'member',
  absent: NEW_MEMBER,
  schema: z.looseObject({
    epoch: z.string().nullable(),
    sessionsEndedAt: instant.nullable().default(null),
    passwordChangedAt: instant.exactOptional(),
    spentChannel: spentChannel.nullable().default(null),
    organizations: z.array(memberOfOrganization).default([]),
    authenticators: z.array(authenticator),
    preferredId: z.string().nullable().default(null),
    guesses: z.record(z.string(), guesses).default({}),
    onFile: z.record(z.string(), onFileUse).default({}),
    recoveryCodes: z.looseObject({ left: count, issuedAt: instant }).nullable().default(null),
    imported: z.array(z.looseObject({ ref: z.string(), authenticatorId: z.string() })).default([]),
  }),
};

export const RECOVERY_CODES: DocumentFormat<RecoveryCodesDocument> = {
  name: 'recovery-codes',
  absent: NO_RECOVERY_CODES,
  schema: z.looseObject({ codes: z.array(z.looseObject({ number: count, codeHash: z.string() })) }),
};

const browser: z.ZodType<RememberedBrowser> = z.looseObject({
  id: z.string(),
  organizationId: z.string(),
  tokenHash: z.string(),
  previousTokenHash: z.string().nullable(),
  branch: z.string(),
  confirmed: z.boolean(),
  rotatedAt: instant,
  securityFingerprint: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  expiresAt: instant,
  userAgent: z.string(),
  address: z.string(),
});

export const BROWSERS: DocumentFormat<BrowsersDocument> = {
  name: 'browsers',
  absent: NO_BROWSERS,
  schema: z.looseObject({
    browsers: z.array(browser),
    seen: z
      .looseObject({ browsers: z.array(z.string()), networks: z.array(z.string()) })
      .default(() => ({ browsers: [], networks: [] })),
  }),
};

const seconds = z.int().positive();

const policy: z.ZodType<StoredPolicy> = z.looseObject({
  version: z.int().min(1),
  enabled: z.boolean(),
  enrollment: z.enum(['assigned', 'optional', 'required']),
  methods: z.array(kind),
  strength: z.enum(['any', 'phishing-resistant']).default('any'),
  enrollAtSignUp: z.boolean(),
  backupPhone: z.boolean(),
  graceUntil: instant.nullable(),
  skips: count.nullable(),
  rememberBrowserSeconds: count,
  sessionDurationSeconds: seconds,
  idleTimeoutSeconds: seconds.nullable(),
  challengeFederated: z.boolean(),
  smsFallback: z.boolean(),
  newBrowserNotice: z.boolean().default(true),
});

export const POLICY: DocumentFormat<PolicyDocument> = {
  name: 'policy',
  absent: NEW_ORGANIZATION,
  schema: z.looseObject({
    policy: policy.nullable(),
    epoch: z.string().nullable(),
    sessionsEndedAt: instant.nullable().default(null),
  }),
};

export interface AdoptionDocument {
  readonly days: readonly DailyCounts[];
}

export const ADOPTION: DocumentFormat<AdoptionDocument> = {
  name: 'adoption',
  absent: { days: [] },
  schema: z.looseObject({
    days: z.array(z.looseObject({ day: z.iso.date(), members: count, configured: count })),
  }),
};

/** The organization id is not stored: it is the key of the document. */
export type StoredJob = Omit<BackgroundJob, 'organizationId'>;

export interface JobsDocument {
  readonly jobs: readonly StoredJob[];
}

const job: z.ZodType<StoredJob> = z.looseObject({
  kind: z.custom<JobKind>((value) => typeof value === 'string'),
  id: z.string(),
  step: count,
  cursor: z.string().nullable(),
  done: count,
  of: count.nullable(),
  people: count,
  devices: count,
  startedAt: instant,
  startedBy: z.string().nullable(),
  plan: z.string().nullable().default(null),
  stopped: z.string().nullable().default(null),
  finishedAt: instant.nullable(),
});

export const JOBS: DocumentFormat<JobsDocument> = {
  name: 'jobs',
  absent: { jobs: [] },
  schema: z.looseObject({ jobs: z.array(job) }),
};
