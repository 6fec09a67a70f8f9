import type { EnrollableKind } from '../../core/factor-kind';
import type { FlowContext } from '../context';
import type { ShownEvent } from './list-events';
import type { ListedMember } from './member-list';

/** An authenticator as an administrator may see it. */
export interface SeenAuthenticator {
  readonly id: string;
  readonly kind: EnrollableKind;
  readonly label: string;
  /** Masked. */
  readonly destination?: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly disabledAt: number | null;
}

export interface MemberDetail extends ListedMember {
  /** Masked. */
  readonly phone?: string;
  readonly settings: { readonly enabled: boolean; readonly assignedKind: EnrollableKind | null };
  /** What can be assigned: allowed by the policy and possible here. */
  readonly assignableKinds: readonly EnrollableKind[];
  readonly authenticators: readonly SeenAuthenticator[];
  readonly recoveryCodesLeft: number;
  /** Sessions that have not ended. */
  readonly sessions: number;
  /** The newest first; the rest is on the events page, filtered by this member. */
  readonly history: readonly ShownEvent[];
}

/** `not-found` for a user that does not exist and for one of another organization alike. */
export async function findMemberDetail(
  _context: FlowContext,
  _member: { readonly organizationId: string; readonly userId: string },
): Promise<{ readonly outcome: 'found'; readonly member: MemberDetail } | { readonly outcome: 'not-found' }> {
  throw new Error('This is not written yet.');
}
