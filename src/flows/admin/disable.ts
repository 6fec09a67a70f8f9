import { decide } from '../../core/decision/decide';
import { MfaError } from '../../core/errors';
import type { Policy } from '../../core/policy/policy';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { REPROOF_SECONDS } from '../enrollment/authorize-enrollment';
import { findOtherProtectedOrganizations, type AdminAct } from './admin-authority';
import { beginJob, resumeJob, type JobWork } from './background-jobs';
import { readMemberCounts } from './member-index';
import { indexKnownMembers, readMembers, readPolicyContext, type KnownMember } from './read-members';
import { changePolicy } from './save-policy';

/** What disabling MFA with "Forget all devices" affects. */
export interface DisableImpact {
  readonly policy: Policy;
  readonly members: number;
  /** Members with at least one authenticator, and the number of all authenticators. */
  readonly people: number;
  readonly devices: number;
  /** Not every member has been counted yet. */
  readonly counting: boolean;
}

/** Members with more authenticators than this are counted as having this many. */
const MOST_COUNTED = 8;

export async function describeDisableImpact(
  context: FlowContext,
  organizationId: string,
): Promise<DisableImpact> {
  const moreThan = Array.from({ length: MOST_COUNTED }, (_, above) =>
    context.records.countIndex({ organizationId, index: 'enrolled', above }),
  );
  const [{ counts, policy, walk }, having] = await Promise.all([
    readMemberCounts(context, organizationId),
    Promise.all(moreThan),
  ]);
  return {
    policy,
    members: counts.members,
    people: having[0] ?? 0,
    // The sum over n of the members with more than n authenticators.
    devices: having.reduce((sum, people) => sum + people, 0),
    counting: walk === undefined || (walk.finishedAt === null && walk.step === 0),
  };
}

/** In addition to the second factor. False within ten minutes of entering it, and for people without a password. */
export function isPasswordStale({ facts, now }: Gathered): boolean {
  if (!facts.hasPassword) return false;
  // With MFA unavailable, the decision asks only for the password.
  const passwordOnly = { ...facts, featureAvailable: false };
  const decision = decide(passwordOnly, { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS }, now);
  return decision.outcome !== 'allow';
}

export type DisableResult =
  | { readonly outcome: 'switched-off'; readonly policy: Policy; readonly forgetting: boolean }
  | { readonly outcome: 'conflict'; readonly current: Policy };

export async function disableMfa(
  context: FlowContext,
  act: AdminAct & { readonly forgetDevices: boolean; readonly expectedVersion: number },
): Promise<DisableResult> {
  const { organizationId, actor, origin, expectedVersion, forgetDevices } = act;
  const saved = await changePolicy(context, {
    organizationId,
    change: { enabled: false },
    expectedVersion,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
  });
  if (saved.outcome === 'conflict') return saved;
  if (saved.outcome === 'refused') {
    // A saved policy is only refused if this process can deliver fewer kinds of code than the one that saved it.
    throw new MfaError('records-unreadable', `The policy cannot be saved: ${saved.faults[0]?.message ?? ''}`);
  }
  if (forgetDevices) {
    const of = (await context.directory.count(organizationId)) ?? null;
    await beginJob(context, FORGET_DEVICES, { organizationId, of, startedBy: actor.id });
  }
  return { outcome: 'switched-off', policy: saved.policy, forgetting: forgetDevices };
}

export interface ForgetDevicesProgress {
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Members processed so far, and the total if it is known. */
  readonly done: number;
  readonly of: number | null;
  /** Members who lost devices, and the number of those devices. */
  readonly people: number;
  readonly devices: number;
  readonly startedBy: string | null;
}

/** Null if it was never started. Reading it resumes a job that a process left unfinished. */
export async function findForgetDevicesProgress(
  context: FlowContext,
  organizationId: string,
): Promise<ForgetDevicesProgress | null> {
  const job = await context.records.findJob(organizationId, FORGET_DEVICES.kind);
  if (job === undefined) return null;
  if (job.finishedAt === null) resumeJob(context, FORGET_DEVICES, organizationId);
  const { startedAt, finishedAt, done, of, people, devices, startedBy } = job;
  return { startedAt, finishedAt, done, of, people, devices, startedBy };
}

const MEMBERS_A_STEP = 200;

/**
 * Members keep them if another organization with MFA on relies on them, or if the directory says that they belong to another.
 * Authenticators enrolled after the start are kept.
 */
export const FORGET_DEVICES: JobWork = {
  kind: 'forget-devices',
  retrySeconds: 30,
  async step(context, job) {
    const { organizationId, cursor, startedAt } = job;
    const page = await context.directory.list({
      organizationId,
      limit: MEMBERS_A_STEP,
      ...(cursor === null ? {} : { cursor }),
    });
    const policyContext = readPolicyContext(context, organizationId);
    const members = await readMembers(context, { organizationId, accounts: page.accounts, policyContext });
    const forgotten = await Promise.all(members.map((member) => forget(context, member, startedAt)));
    const touched = members.filter((_, index) => forgotten[index] !== null);
    const accounts = touched.map(({ account }) => account);
    const after = await readMembers(context, { organizationId, accounts, policyContext });
    await indexKnownMembers(context, organizationId, after);
    const devices = forgotten.map((count) => count ?? 0);
    return {
      cursor: page.nextCursor ?? null,
      finished: page.nextCursor === undefined,
      done: job.done + members.length,
      people: job.people + devices.filter((count) => count > 0).length,
      devices: job.devices + devices.reduce((sum, count) => sum + count, 0),
    };
  },
  finish(context, { organizationId, people, devices, startedBy }) {
    context.events.report({
      name: 'devices-forgotten',
      organizationId,
      ...(startedBy === null ? {} : { actorId: startedBy }),
      details: { people, devices },
    });
  },
};

/** The number of removed authenticators; null if there was nothing to do. */
async function forget(
  context: FlowContext,
  { account, record }: KnownMember,
  startedAt: number,
): Promise<number | null> {
  const { records, enrollmentNotes } = context;
  const { authenticators } = record;
  const others = await findOtherProtectedOrganizations(
    context,
    { account, authenticators },
    record.organizationId,
  );
  if (others.length > 0) return null;
  const older = record.authenticators.filter(({ createdAt }) => createdAt < startedAt);
  if (older.length < record.authenticators.length) {
    await Promise.all(older.map(({ id }) => records.removeAuthenticator(account.id, id)));
    return older.length === 0 ? null : older.length;
  }
  const removed = await records.removeAllAuthenticators(account.id);
  // Even if nothing was removed: an earlier process may have stopped between the two writes.
  if (removed > 0 || account.mfaEnrolled) await enrollmentNotes.noteIfNone(account.id);
  return removed > 0 || account.mfaEnrolled ? removed : null;
}
