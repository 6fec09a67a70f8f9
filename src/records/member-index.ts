/**
 * The indexes of the members of one organization. Each has one number per member, by which it is sorted first: for `exempt` and
 * `locked`, when it ends; for `enrolled`, the number of authenticators; for `waiting`, the number of skips used; and 0 for the
 * others.
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
 * The score of one member in each index. Null means not in the index, and for {@link MEMBER_INDEXES} so does a missing entry.
 * Every kind that the member may have lost must be included.
 */
export type MemberMarks = Readonly<Record<MemberIndex, number | null>>;

export interface IndexEntry {
  readonly userId: string;
  readonly mark: number;
}

/** Scores above one number and below another, both exclusive. */
export interface MarkRange {
  readonly above?: number;
  readonly below?: number;
}

export interface DailyCounts {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly members: number;
  readonly configured: number;
}

/**
 * Indexes are written after the records, perhaps on another node, so they may be outdated or lack a member. Code that reads one
 * must compare each entry with the member's record, and write the entry again if they differ.
 */
export interface MemberIndexRecords {
  /**
   * Adds each member to the given indexes, and removes it from all others. Atomic for each member; writing the same twice changes
   * nothing.
   */
  saveMemberMarks(
    organizationId: string,
    members: readonly { readonly userId: string; readonly marks: MemberMarks }[],
  ): Promise<void>;

  /**
   * Sorted by score and user id, starting after `after`, which need not exist any more. The cost does not grow with the index.
   */
  listIndex(
    query: MarkRange & {
      readonly organizationId: string;
      readonly index: MemberIndex;
      readonly after?: IndexEntry;
      /** How many entries to skip. */
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
