import { createHash } from 'node:crypto';
import * as z from 'zod';
import { allowedKinds } from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { BackgroundJob } from '../../records/background-jobs';
import type { FlowContext } from '../context/context';
import { readPolicy } from '../context/gather-facts';
import { joinAdministrators, type AdminAct } from './admin-authority';
import { beginJob, jobIdle, resumeJob, type JobWork, type StepResult } from './background-jobs';
import {
  BULK_ACTS,
  countSelection,
  readSelection,
  tryChange,
  type BulkAct,
  type BulkChange,
  type BulkSelection,
} from './bulk-request';
import { faultOfExemption } from './member-acts';

export interface BulkRequest extends AdminAct {
  readonly change: BulkChange;
  readonly selection: BulkSelection;
  /** Identifies this request, so that sending it twice does the work once. */
  readonly run: string;
  /** The user epoch of the requesting session; null for the host's own code. */
  readonly epoch: string | null;
}

export type BulkRefusal =
  | 'nobody-chosen'
  | 'already-running'
  | 'reason-missing'
  | 'end-not-in-future'
  | 'end-too-far'
  | 'kind-not-allowed';

export interface BulkProgress {
  readonly act: BulkAct;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Members processed so far, and the total if it is known. */
  readonly done: number;
  readonly of: number | null;
  /** Members that were changed. */
  readonly people: number;
  /** Why it ended early, or null. `not-allowed`: the administrator may no longer act. */
  readonly stopped: string | null;
}

/** Everything that the job needs, because it runs without a request. */
const PLAN = z.object({
  change: z.discriminatedUnion('act', [
    z.object({ act: z.literal('remind') }),
    z.object({ act: z.literal('assign'), assignedKind: z.string().nullable() }),
    z.object({ act: z.literal('exempt'), reason: z.string(), until: z.number() }),
    z.object({ act: z.literal('end-sessions') }),
  ]),
  selection: z.union([
    z.object({ userIds: z.array(z.string()) }),
    z.object({ filter: z.string(), query: z.string() }),
  ]),
  actor: z.object({ id: z.string(), name: z.string() }),
  address: z.string().nullable(),
  authority: z.object({ epoch: z.string(), isNamed: z.boolean() }).nullable(),
});
type Plan = z.infer<typeof PLAN>;

export async function startBulkAct(
  context: FlowContext,
  request: BulkRequest,
): Promise<{ readonly outcome: 'started' } | { readonly outcome: 'refused'; readonly because: BulkRefusal }> {
  const { organizationId, actor, change, selection } = request;
  const because = await findFault(context, request);
  if (because !== null) return { outcome: 'refused', because };
  const size = await countSelection(context, organizationId, selection);
  if ('userIds' in selection && size.count === 0) return { outcome: 'refused', because: 'nobody-chosen' };
  const plan: Plan = {
    change,
    selection: 'userIds' in selection ? { userIds: [...new Set(selection.userIds)] } : selection,
    actor: { id: actor.id, name: actor.name },
    address: request.origin?.address ?? null,
    authority: request.epoch === null ? null : await rememberAuthority(context, request, request.epoch),
  };
  const id = jobIdOf(request);
  const job = await beginJob(context, workOf(change.act), {
    id,
    organizationId,
    of: size.more ? null : size.count,
    startedBy: actor.id,
    plan: JSON.stringify(plan),
  });
  if (job.id !== id) return { outcome: 'refused', because: 'already-running' };
  // Small jobs finish before the response. Reminders do not wait, because mail servers may be slow.
  const isQuick = size.count <= MEMBERS_A_STEP && !size.more && change.act !== 'remind';
  if (isQuick) await jobIdle(context, workOf(change.act), organizationId);
  return { outcome: 'started' };
}

/** A repeated request gets the same id, so its job is found and not started again. */
function jobIdOf({ organizationId, actor, run }: BulkRequest): string {
  const named = JSON.stringify([organizationId, actor.id, run]);
  return createHash('sha256').update(named).digest('base64url').slice(0, 22);
}

async function findFault(
  context: FlowContext,
  { organizationId, change }: BulkRequest,
): Promise<BulkRefusal | null> {
  if (change.act === 'exempt') return faultOfExemption(change, context.clock.now());
  if (change.act !== 'assign' || change.assignedKind === null) return null;
  const kinds = await assignableKinds(context, organizationId);
  return kinds.includes(change.assignedKind) ? null : 'kind-not-allowed';
}

export async function assignableKinds(
  context: FlowContext,
  organizationId: string,
): Promise<readonly FactorKind[]> {
  const { availableKinds } = context.options;
  const policy = await readPolicy(context, organizationId);
  return allowedKinds({ policy, factors: FACTOR_TRAITS, availableKinds });
}

/** True for the first process that calls it. Rejects if that cannot be determined. */
async function claimOnce(context: FlowContext, name: string, seconds: number): Promise<boolean> {
  const budget = { key: `bulk:${name}`, windows: [{ max: 1, seconds }] };
  return (await context.state.spendSendBudgets([budget], context.clock.now())).outcome === 'spent';
}

async function rememberAuthority(context: FlowContext, { organizationId, actor }: AdminAct, epoch: string) {
  return { epoch, isNamed: await isNamed(context, organizationId, actor.id) };
}

async function isNamed(context: FlowContext, organizationId: string, actorId: string): Promise<boolean> {
  const administrators = await joinAdministrators(context.administrators)(organizationId);
  return administrators.some(({ id }) => id === actorId);
}

/** The administrator is in the user table and active, their sessions were not ended by force, and the host still names them. */
async function mayStillAct(context: FlowContext, organizationId: string, plan: Plan): Promise<boolean> {
  const { actor, authority } = plan;
  if (authority === null) return true;
  const known = await context.directory.find(actor.id);
  if (known === undefined || !known.account.active) return false;
  const record = await context.records.findMember(actor.id, known.account.organizationId);
  if (record.epoch !== authority.epoch) return false;
  return !authority.isNamed || (await isNamed(context, organizationId, actor.id));
}

/** Null if it was never started. Reading it resumes work that a process left unfinished. */
export async function findBulkProgress(
  context: FlowContext,
  { organizationId, act }: { readonly organizationId: string; readonly act: BulkAct },
): Promise<BulkProgress | null> {
  const work = workOf(act);
  const job = await context.records.findJob(organizationId, work.kind);
  if (job === undefined) return null;
  if (job.finishedAt === null) resumeJob(context, work, organizationId);
  const { startedAt, finishedAt, done, of, people, stopped } = job;
  return { act, startedAt, finishedAt, done, of, people, stopped };
}

const MEMBERS_A_STEP = 50;
const RETRY_SECONDS = 30;
/** A step that takes longer counts as failed and is repeated. */
const STEP_SECONDS = 120;

export const BULK_WORKS: readonly JobWork[] = BULK_ACTS.map((act) => ({
  kind: `bulk-${act}`,
  retrySeconds: RETRY_SECONDS,
  claim: (context, { id, step }) => claimOnce(context, `step:${id}:${step}`, STEP_SECONDS),
  step: doStep,
}));

function workOf(act: BulkAct): JobWork {
  const work = BULK_WORKS.find(({ kind }) => kind === `bulk-${act}`);
  if (work === undefined) throw new TypeError(`No bulk job is defined for ${act}.`);
  return work;
}

async function doStep(context: FlowContext, job: BackgroundJob): Promise<StepResult> {
  const { organizationId, cursor, done, people, devices } = job;
  const plan = job.plan === null ? null : PLAN.parse(JSON.parse(job.plan));
  if (plan === null || !(await mayStillAct(context, organizationId, plan)))
    return { done, people, devices, cursor: null, finished: true, stopped: 'not-allowed' };
  const { selection } = plan;
  const chosen = { organizationId, selection, cursor, limit: MEMBERS_A_STEP };
  const [{ userIds, next }, act] = await Promise.all([
    readSelection(context, chosen),
    actOf(context, organizationId, plan),
  ]);
  const { startedAt } = job;
  const changed = await Promise.all(
    userIds.map((userId) => tryChange(context, { ...act, userId, startedAt }, plan.change)),
  );
  return {
    cursor: next,
    finished: next === null,
    done: done + userIds.length,
    people: people + changed.filter(Boolean).length,
    devices,
  };
}

async function actOf(context: FlowContext, organizationId: string, plan: Plan): Promise<AdminAct> {
  const { actor, address } = plan;
  const known = await context.directory.find(actor.id).catch(() => undefined);
  return {
    organizationId,
    actor: known?.account ?? { ...actor, outside: true },
    origin: address === null ? null : { address, userAgent: '' },
    administratorsOf: joinAdministrators(context.administrators),
  };
}
