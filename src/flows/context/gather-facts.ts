import { isCredible } from '../../core/clock';
import type { Evidence } from '../../core/decision/assurance';
import type { Facts, SessionFact } from '../../core/decision/decision';
import { areEpochsCurrent, isSessionExpired } from '../../core/decision/session-lifetime';
import { rankOf } from '../../core/decision/usable-factors';
import type { Authenticator } from '../../core/member/authenticator';
import { RECOVERY_CODES_GROUP } from '../../core/member/factor-kind';
import { knownLockEnd } from '../../core/member/guess-counter';
import type { Policy } from '../../core/policy/policy';
import { isChallengeOver } from '../../core/proof/one-time-code';
import { isSealKeyKnown } from '../../core/proof/secrets';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberRecord, PolicyRecord } from '../../records/records';
import type { PendingLogin, SessionEntry } from '../../stores/state-store';
import type { AuthSubject, FlowContext } from './context';
import { findSpentChannels } from './first-factor-channels';
import { reportMissingKeys } from './report-unreadable';

/** The facts, and the records that they are based on. */
export interface Gathered {
  readonly facts: Facts & { readonly session: SessionFact };
  readonly account: Account;
  readonly member: MemberRecord;
  readonly policy: PolicyRecord;
  readonly now: number;
}

/** Reads the facts for a login after its first factor, in one round trip. The login itself takes the place of the session. */
export async function gatherLoginFacts(
  context: FlowContext,
  account: Account,
  evidence: readonly Evidence[],
): Promise<Gathered> {
  const [member, policy, featureAvailable] = await Promise.all([
    context.records.findMember(account.id, account.organizationId),
    context.records.findPolicy(account.organizationId),
    context.options.featureAvailable(account.organizationId),
  ]);
  reportMissingKeys(context, member);
  const phase = account.active ? 'live' : 'ended';
  return toGathered(context, {
    account,
    member,
    policy,
    featureAvailable,
    session: { phase, evidence, skipped: false },
  });
}

export type Reader = Pick<AuthSubject, 'phase' | 'userId' | 'organizationId' | 'ownerId'>;

type ReadRecords = readonly [MemberRecord, PolicyRecord, PendingLogin | SessionEntry | undefined];

/** Records that were read before the request was authenticated. */
export interface PrefetchedRecords {
  readonly reader: Reader;
  readonly at: number;
  readonly found: Promise<ReadRecords>;
}

export function readEarly(context: ReadContext, reader: Reader): PrefetchedRecords {
  const found = readRecords(context, reader);
  // The caller that awaits them handles the failure; an unhandled rejection would end the process.
  found.catch(() => undefined);
  return { reader, at: context.clock.now(), found };
}

type ReadContext = Pick<FlowContext, 'records' | 'state' | 'clock'>;

function readRecords(
  { records, state }: ReadContext,
  { phase, userId, organizationId, ownerId }: Reader,
  pending?: Promise<PendingLogin | undefined>,
): Promise<ReadRecords> {
  return Promise.all([
    records.findMember(userId, organizationId),
    records.findPolicy(organizationId),
    phase === 'session'
      ? state.findSession(userId, ownerId)
      : (pending ?? state.findPendingLogin(userId, ownerId)),
  ]);
}

/** Older reads are repeated, because the session may have been ended since. */
const EARLY_MS = 1000;

/** One round trip, or none if `early` was just read for this subject. `pending` is the login, if another call reads it. */
export async function gatherFacts(
  context: FlowContext,
  account: Account,
  subject: AuthSubject,
  known: {
    readonly early?: PrefetchedRecords | undefined;
    readonly pending?: Promise<PendingLogin | undefined>;
  } = {},
): Promise<Gathered> {
  const { early, pending } = known;
  const isRead = early !== undefined && isForSubject(early, subject, context.clock.now());
  const [[member, policy, owner], login, featureAvailable] = await Promise.all([
    isRead ? early.found : readRecords(context, subject, pending),
    pending,
    context.options.featureAvailable(subject.organizationId),
  ]);
  const kept = pending === undefined ? owner : login;
  const withPolicy = { ...policy, policy: effectivePolicy(context, policy) };
  const session = judgePhase({
    subject,
    kept,
    member,
    policy: withPolicy,
    active: account.active,
    now: context.clock.now(),
  });
  return toGathered(context, { account, member, policy, featureAvailable, session });
}

function isForSubject(early: PrefetchedRecords, subject: AuthSubject, now: number): boolean {
  const age = now - early.at;
  const { reader } = early;
  return (
    reader.phase === subject.phase &&
    reader.ownerId === subject.ownerId &&
    reader.userId === subject.userId &&
    reader.organizationId === subject.organizationId &&
    age >= 0 &&
    age < EARLY_MS
  );
}

export function effectivePolicy(context: FlowContext, { policy }: PolicyRecord): Policy {
  return policy.version > 0 ? policy : context.options.defaultPolicy(policy.organizationId);
}

export async function readPolicy(context: FlowContext, organizationId: string): Promise<Policy> {
  return effectivePolicy(context, await context.records.findPolicy(organizationId));
}

function judgePhase(found: {
  readonly subject: AuthSubject;
  readonly kept: PendingLogin | SessionEntry | undefined;
  readonly member: MemberRecord;
  readonly policy: PolicyRecord;
  readonly active: boolean;
  readonly now: number;
}): SessionFact {
  const { subject, kept, member, policy, now } = found;
  const evidence = subject.phase === 'session' ? subject.evidence : evidenceOf(kept);
  const skipped = subject.phase === 'session' && subject.skipped;
  const epochs = { user: member.epoch, organization: policy.epoch };
  const current = found.active && areEpochsCurrent(subject.epochs, epochs);
  if (subject.phase === 'session') {
    if (isSessionExpired(subject, policy.policy, now)) return { phase: 'expired', evidence, skipped };
  } else if (kept === undefined || isChallengeOver(kept, now)) {
    return { phase: current ? 'expired' : 'ended', evidence, skipped };
  }
  return { phase: current && kept !== undefined ? 'live' : 'ended', evidence, skipped };
}

function evidenceOf(kept: PendingLogin | SessionEntry | undefined): readonly Evidence[] {
  return kept !== undefined && 'evidence' in kept ? kept.evidence : [];
}

export function toGathered(
  context: FlowContext,
  read: {
    readonly account: Account;
    readonly member: MemberRecord;
    readonly policy: PolicyRecord;
    readonly featureAvailable: boolean;
    readonly session: SessionFact;
  },
): Gathered {
  const { account, member, featureAvailable, session } = read;
  const { limits } = context.options;
  const now = context.clock.now();
  noteFutureDates(context, { member, session }, now);
  const policy = { ...read.policy, policy: effectivePolicy(context, read.policy) };
  const facts: Gathered['facts'] = {
    factors: FACTOR_TRAITS,
    session,
    featureAvailable,
    policy: policy.policy,
    member: member.settings,
    federated: account.federated,
    hasPassword: account.hasPassword,
    authenticators: inAskingOrder(member).map(({ id, kind, disabledAt, sealedSecret }) => ({
      id,
      kind,
      usable: disabledAt === null && isSealKeyKnown(context.keyRing, sealedSecret),
    })),
    recoveryCodesLeft: member.recoveryCodesLeft,
    onFile: { email: account.email !== undefined, phone: account.phone !== undefined },
    onFileDisabled: Object.entries(member.onFile)
      .filter(([, { disabledAt }]) => disabledAt !== null)
      .map(([kind]) => kind),
    availableKinds: context.options.availableKinds,
    enrolledBefore: account.mfaEnrolled,
    onFileProven: Object.values(member.onFile).some(({ lastUsedAt }) => lastUsedAt !== null),
    spentChannels: findSpentChannels(context, { account, member, evidence: session.evidence }),
    codesLockedUntil: knownLockEnd(member.guesses.codes, limits, now),
    recoveryCodesLockedUntil: knownLockEnd(member.guesses[RECOVERY_CODES_GROUP], limits, now),
  };
  return { facts, account, member, policy, now };
}

/** Reports dates in the future, which a clock that was ahead wrote. The rules do not trust them. */
function noteFutureDates(
  { clocks }: FlowContext,
  { member, session }: { readonly member: MemberRecord; readonly session: SessionFact },
  now: number,
): void {
  const { exemption } = member.settings;
  if (exemption !== null && !isCredible(exemption.grantedAt, now))
    clocks.note('exemption', exemption.grantedAt);
  for (const { at } of session.evidence) if (!isCredible(at, now)) clocks.note('login', at);
}

/** Sorts by the person's preference, then by strength, then by last use. */
function inAskingOrder({ authenticators, askedFirst }: MemberRecord): readonly Authenticator[] {
  if (authenticators.length < 2) return authenticators;
  return authenticators.toSorted(
    (a, b) =>
      Number(b.id === askedFirst) - Number(a.id === askedFirst) ||
      rankOf(FACTOR_TRAITS, b.kind) - rankOf(FACTOR_TRAITS, a.kind) ||
      (b.lastUsedAt ?? b.createdAt) - (a.lastUsedAt ?? a.createdAt),
  );
}
