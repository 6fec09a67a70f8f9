import type { EnrollableKind } from '../../core/factor-kind';
import type { Exemption } from '../../core/member';
import type { FlowContext } from '../context';
import type { MemberAdminAct } from './administrator';

export type NotFound = { readonly outcome: 'not-found' };
export type MemberActRefused = {
  readonly outcome: 'refused';
  readonly because: 'reason-missing' | 'end-not-in-future' | 'end-too-far' | 'not-yourself' | 'kind-not-allowed';
};

/** Switches MFA on or off for one member and assigns a kind (null: any that the policy allows). */
export async function setMember(
  _context: FlowContext,
  _act: MemberAdminAct & { readonly enabled: boolean; readonly assignedKind: EnrollableKind | null },
): Promise<{ readonly outcome: 'saved' } | MemberActRefused | NotFound> {
  throw new Error('This is not written yet.');
}

/** Exempts, or extends. Nobody exempts themselves. */
export async function exemptMember(
  _context: FlowContext,
  _act: MemberAdminAct & { readonly reason: string; readonly until: number },
): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | MemberActRefused | NotFound> {
  throw new Error('This is not written yet.');
}

export async function endMemberExemption(
  _context: FlowContext,
  _act: MemberAdminAct,
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  throw new Error('This is not written yet.');
}

/** Removes every authenticator, ends the sessions and tells the member. */
export async function resetMemberFactors(
  _context: FlowContext,
  _act: MemberAdminAct & { readonly reason: string },
): Promise<{ readonly outcome: 'reset'; readonly removed: number } | MemberActRefused | NotFound> {
  throw new Error('This is not written yet.');
}

export async function unlockMemberFactors(
  _context: FlowContext,
  _act: MemberAdminAct,
): Promise<{ readonly outcome: 'unlocked' } | NotFound> {
  throw new Error('This is not written yet.');
}

export async function endMemberSessions(
  _context: FlowContext,
  _act: MemberAdminAct,
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  throw new Error('This is not written yet.');
}
