import type { Facts } from '../../core/decision/decision';
import { findTraits } from '../../core/member/factor-kind';
import { deriveMemberState, type MemberState } from '../../core/member/member-state';
import { ENROLLABLE_KINDS, FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberMarks } from '../../records/member-index';
import type { MemberRecord, PolicyRecord } from '../../records/records';
import type { FlowContext } from '../context/context';
import { toGathered } from '../context/gather-facts';

export interface KnownMember {
  readonly account: Account;
  readonly record: MemberRecord;
  /** The facts of a session that has just started with the first factor. */
  readonly facts: Facts;
  readonly state: MemberState;
}

export interface PolicyContext {
  readonly policy: PolicyRecord;
  readonly featureAvailable: boolean;
}

export async function readPolicyContext(
  context: FlowContext,
  organizationId: string,
): Promise<PolicyContext> {
  const [policy, featureAvailable] = await Promise.all([
    context.records.findPolicy(organizationId),
    context.options.featureAvailable(organizationId),
  ]);
  return { policy, featureAvailable };
}

export async function readMembers(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly accounts: readonly Account[];
    readonly policyContext: PolicyContext | Promise<PolicyContext>;
  },
): Promise<readonly KnownMember[]> {
  const { organizationId } = request;
  const accounts = request.accounts.filter((account) => account.organizationId === organizationId);
  const [policyContext, records] = await Promise.all([
    request.policyContext,
    context.records.findMembers(
      accounts.map(({ id }) => id),
      organizationId,
    ),
  ]);
  return accounts.flatMap((account, index) => {
    const record = records[index];
    return record === undefined ? [] : [toKnownMember(context, { account, record, policyContext })];
  });
}

function toKnownMember(
  context: FlowContext,
  read: { readonly account: Account; readonly record: MemberRecord; readonly policyContext: PolicyContext },
): KnownMember {
  const { account, record, policyContext } = read;
  const { facts, now } = toGathered(context, {
    account,
    member: record,
    ...policyContext,
    session: { phase: 'live', evidence: [], skipped: false },
  });
  return { account, record, facts, state: deriveMemberState(facts, now) };
}

/** Removes a person who is not a member from every index. */
export const NO_MARKS: MemberMarks = Object.fromEntries(ENROLLABLE_KINDS.map((kind) => [kind, null]));

export function marksOf({ record, state }: KnownMember): MemberMarks {
  const { kinds, configured, exemption, lockedUntil, federated } = state;
  const enrolled = record.authenticators.length;
  const waiting = !configured && !federated && exemption === undefined && !record.settings.enabled;
  return {
    [configured ? 'configured' : 'not-configured']: 0,
    ...NO_MARKS,
    ...Object.fromEntries(ENROLLABLE_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => [kind, 0])),
    ...(configured && kinds.every((kind) => findTraits(FACTOR_TRAITS, kind)?.restricted)
      ? { 'sms-only': 0 }
      : {}),
    ...(exemption === undefined ? {} : { exempt: exemption.until }),
    ...(lockedUntil === undefined ? {} : { locked: lockedUntil }),
    ...(federated ? { federated: 0 } : {}),
    ...(waiting ? { waiting: record.settings.skipsUsed } : {}),
    ...(state.noUsableContact ? { 'no-contact': 0 } : {}),
    ...(enrolled > 0 ? { enrolled } : {}),
  };
}

export async function indexKnownMembers(
  context: FlowContext,
  organizationId: string,
  members: readonly KnownMember[],
): Promise<void> {
  if (members.length === 0) return;
  await context.records.saveMemberMarks(
    organizationId,
    members.map((member) => ({ userId: member.account.id, marks: marksOf(member) })),
  );
}
