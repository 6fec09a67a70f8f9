import type { IndexEntry, MarkRange } from '../stores/record-store';

/**
 * Sorted by one number per member: for `exempt` and `locked`, when it ends; for `enrolled`, the number of authenticators; for
 * `waiting`, the number of skips used; and 0 for the others.
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

/** Null means not in the index, and for {@link MEMBER_INDEXES} so does a missing entry. Includes every kind that may be lost. */
export type MemberMarks = Readonly<Record<MemberIndex, number | null>>;

export interface DailyCounts {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly members: number;
  readonly configured: number;
}

/** Written after the records, perhaps on another node: a reader compares each entry with the member's record and repairs it. */
export interface MemberIndexRecords {
  /** Removes each member from all other indexes. Atomic for each; writing the same twice changes nothing. */
  saveMemberMarks(
    organizationId: string,
    members: readonly { readonly userId: string; readonly marks: MemberMarks }[],
  ): Promise<void>;

  /** Sorted by score and user id, after `after`, which need not exist. The cost does not grow with the index. */
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
  listDailyCounts(organizationId: string): Promise<readonly DailyCounts[]>;
}
