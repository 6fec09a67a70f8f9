import { MfaError } from '../../core/errors';
import type { FactorKind } from '../../core/member/factor-kind';
import { NO_MEMBER_SETTINGS } from '../../core/member/member';
import type { FlowContext } from '../context/context';
import type { MemberAdminAct } from './admin-authority';
import { endMemberSessions, exemptMember, findTarget, setMember } from './member-acts';
import { remindMember } from './remind-member';

export const BULK_ACTS = ['remind', 'assign', 'exempt', 'end-sessions'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/** What is done to each chosen member: the same as on the member's own page. */
export type BulkChange =
  | { readonly act: 'remind' }
  /** Null for any method that the policy allows. */
  | { readonly act: 'assign'; readonly assignedKind: FactorKind | null }
  | { readonly act: 'exempt'; readonly reason: string; readonly until: number }
  | { readonly act: 'end-sessions' };

/** One member's part of the work. `startedAt` is when the work began. */
export type OneAct = MemberAdminAct & { readonly startedAt: number };

/** A member whose records are damaged does not keep the others from their turn; a store that is down does. */
export async function tryChange(context: FlowContext, act: OneAct, change: BulkChange): Promise<boolean> {
  try {
    return await changeOne(context, act, change);
  } catch (error) {
    if (error instanceof MfaError && error.code === 'store-unavailable') throw error;
    context.options.onError(error);
    return false;
  }
}

/** True if it was done. What may be done to this one member is checked as on the member's own page. */
async function changeOne(context: FlowContext, act: OneAct, change: BulkChange): Promise<boolean> {
  switch (change.act) {
    case 'remind':
      return (await remindMember(context, act)).outcome === 'reminded';
    case 'assign': {
      const { enabled, assignedKind } =
        (await findTarget(context, act))?.record.settings ?? NO_MEMBER_SETTINGS;
      // Nothing to do, or done before the step was interrupted.
      if (enabled && assignedKind === change.assignedKind) return false;
      const settings = { enabled: true, assignedKind: change.assignedKind };
      return (await setMember(context, { ...act, ...settings })).outcome === 'saved';
    }
    case 'exempt': {
      const exemption = (await findTarget(context, act))?.record.settings.exemption;
      const isDone = exemption?.grantedBy === act.actor.id && exemption.grantedAt >= act.startedAt;
      if (isDone && exemption.until === Math.trunc(change.until)) return true;
      return (await exemptMember(context, { ...act, ...change })).outcome === 'granted';
    }
    case 'end-sessions':
      // The administrator goes on working.
      if (act.userId === act.actor.id) return false;
      return (await endMemberSessions(context, act)).outcome === 'ended';
  }
}
