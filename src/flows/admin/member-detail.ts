import { maskPhone } from '../../core/address/destination';
import { allowedKinds } from '../../core/decision/usable-factors';
import type { Authenticator } from '../../core/member/authenticator';
import type { FactorKind } from '../../core/member/factor-kind';
import type { FlowContext } from '../context/context';
import { isLive } from '../sessions/list-sessions';
import { explainLock, type LockExplanation } from './explain-member';
import { nameEvents, type ShownEvent } from './list-events';
import { toListedMember, type ListedMember } from './member-list';
import { readMembers, readPolicyContext } from './read-members';

/** The parts of an authenticator that an administrator may see. */
export interface SeenAuthenticator {
  readonly id: string;
  readonly kind: FactorKind;
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
  readonly settings: { readonly enabled: boolean; readonly assignedKind: FactorKind | null };
  /** Methods that can be assigned: the policy allows them and the host can deliver them. */
  readonly assignableKinds: readonly FactorKind[];
  readonly authenticators: readonly SeenAuthenticator[];
  readonly recoveryCodesLeft: number;
  /** Present while the member is locked out and the events explain why. */
  readonly lock?: LockExplanation;
  /** Sessions that have not ended. */
  readonly sessions: number;
  /** Newest first. The events page has the rest, filtered by this member. */
  readonly history: readonly ShownEvent[];
}

const HISTORY = 20;

/** `not-found` both for a user that does not exist and for one of another organization. */
export async function findMemberDetail(
  context: FlowContext,
  request: { readonly organizationId: string; readonly userId: string },
): Promise<{ readonly outcome: 'found'; readonly member: MemberDetail } | { readonly outcome: 'not-found' }> {
  const { organizationId, userId } = request;
  const known = await context.directory.find(userId);
  if (known?.account.organizationId !== organizationId) return { outcome: 'not-found' };
  const { account } = known;
  const policyContext = readPolicyContext(context, organizationId);
  const [{ policy }, [member], sessions, history] = await Promise.all([
    policyContext,
    readMembers(context, { organizationId, accounts: [account], policyContext }),
    context.state.listSessions(userId),
    context.events
      .settled()
      .then(() => context.records.listEvents({ organizationId, userIds: [userId], limit: HISTORY })),
  ]);
  if (member === undefined) return { outcome: 'not-found' };
  const { record, facts, state } = member;
  const { enabled, assignedKind } = record.settings;
  const now = context.clock.now();
  const { lockedUntil } = state;
  const lock =
    lockedUntil === undefined ? null : await explainLock(context, { organizationId, userId, lockedUntil });
  return {
    outcome: 'found',
    member: {
      ...toListedMember(member),
      ...(account.phone === undefined ? {} : { phone: maskPhone(account.phone) }),
      settings: { enabled, assignedKind },
      assignableKinds: allowedKinds(facts),
      authenticators: record.authenticators.map((authenticator) => toShownAuthenticator(authenticator)),
      recoveryCodesLeft: record.recoveryCodesLeft,
      ...(lock === null ? {} : { lock }),
      sessions: sessions.filter((entry) => isLive(entry, { member: record, policy, now })).length,
      history: await nameEvents(context, history.events),
    },
  };
}

function toShownAuthenticator(authenticator: Authenticator): SeenAuthenticator {
  const { id, kind, label, createdAt, lastUsedAt, disabledAt, maskedDestination } = authenticator;
  const destination = maskedDestination === null ? {} : { destination: maskedDestination };
  return { id, kind, label, createdAt, lastUsedAt, disabledAt, ...destination };
}
