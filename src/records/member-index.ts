/**
 * What the members of one organization can be found by. Each has one number a member, by which it is ordered first:
 * `exempt` and `locked` the end of it, `enrolled` how many authenticators, `waiting` how many skips were used, and 0 elsewhere.
 */
export const MEMBER_INDEXES = [
  'configured',
  'not-configured',
  'sms-only',
  'exempt',
  'locked',
  'federated',
  'waiting',
  'no-contact',
  'enrolled',
] as const;

/** One of {@link MEMBER_INDEXES}, or a kind of factor. */
export type MemberIndex = string;

/**
 * The score of one member in each index; null is outside of it, and so is absent for {@link MEMBER_INDEXES}. Every kind that the member
 * may have lost is named.
 */
export type MemberMarks = Readonly<Record<MemberIndex, number | null>>;

export interface IndexEntry {
  readonly userId: string;
  readonly mark: number;
}

/** Marks above one number and below another; neither is included. */
export interface MarkRange {
  readonly above?: number;
  readonly below?: number;
}

/** Counts of one day, for the chart. */
export interface DailyCounts {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly members: number;
  readonly configured: number;
}

/**
 * Indexes are written after what they speak of, on another node perhaps, and may lag behind or lack a member. Whoever
 * reads one compares each entry with the member's own record and writes it again where the two differ.
 */
export interface MemberIndexRecords {
  /** Puts each member into the indexes named, and out of all others. Atomic for each member; writing the same twice changes nothing. */
  saveMemberMarks(
    organizationId: string,
    members: readonly { readonly userId: string; readonly marks: MemberMarks }[],
  ): Promise<void>;

  /**
   * In the order of mark and user id, beginning behind `after`, which need not be there any more. The cost does not
   * grow with the index.
   */
  listIndex(
    query: MarkRange & {
      readonly organizationId: string;
      readonly index: MemberIndex;
      readonly after?: IndexEntry;
      /** How many to pass over. */
      readonly skip?: number;
      readonly limit: number;
    },
  ): Promise<readonly IndexEntry[]>;

  /** The cost does not grow with the index. */
  countIndex(
    query: MarkRange & { readonly organizationId: string; readonly index: MemberIndex },
  ): Promise<number>;

  /** Replaces the counts of the day, and keeps the newest `keepDays`. Atomic. */
  saveDailyCounts(organizationId: string, counts: DailyCounts, keepDays: number): Promise<void>;
  /** Oldest first. */
  listDailyCounts(organizationId: string): Promise<readonly DailyCounts[]>;
}
