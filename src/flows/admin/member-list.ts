import type { EnrollableKind } from '../../core/factor-kind';
import type { MemberState } from '../../core/member-state';
import type { FlowContext } from '../context';

export const MEMBER_FILTERS = [
  'all',
  'not-configured',
  'totp',
  'sms',
  'email',
  'exempt',
  'locked',
  'in-grace',
  'federated',
] as const;
export type MemberFilter = (typeof MEMBER_FILTERS)[number];

export function parseMemberFilter(value: unknown): MemberFilter | null {
  return MEMBER_FILTERS.find((filter) => filter === value) ?? null;
}

/** One line of the list. */
export interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly mfa: MemberState;
  readonly lastUsedAt: number | null;
  /** What each authenticator is called; never an address. */
  readonly kindsEnrolled: readonly EnrollableKind[];
}

export interface MemberPage {
  readonly members: readonly ListedMember[];
  /** Absent on the last page. A page may hold fewer than were asked for and still have a next one. */
  readonly nextCursor?: string;
}

export interface MemberQuery {
  readonly organizationId: string;
  readonly filter: MemberFilter;
  /** Searches names and addresses, by the host's directory. With a filter, only members of the filter are shown. */
  readonly query?: string;
  /** What the page before returned; anything else starts at the beginning. */
  readonly cursor?: string;
  /** 1 to 200; whatever is outside is brought inside. */
  readonly limit: number;
}

export async function listMembers(_context: FlowContext, _query: MemberQuery): Promise<MemberPage> {
  throw new Error('This is not written yet.');
}

/** How many members each filter has. One round trip. */
export async function countMembers(
  _context: FlowContext,
  _organizationId: string,
): Promise<Readonly<Record<MemberFilter, number>>> {
  throw new Error('This is not written yet.');
}
