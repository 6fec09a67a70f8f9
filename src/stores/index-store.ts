export interface IndexEntry {
  readonly userId: string;
  readonly mark: number;
}

/** Marks above one number and below another; neither is included. */
export interface MarkRange {
  readonly above?: number;
  readonly below?: number;
}

/** Which indexes hold a member, each with a number by which it is ordered first; an index that is not named does not. */
export interface IndexedMember {
  readonly userId: string;
  readonly marks: Readonly<Record<string, number>>;
}

export interface IndexQuery extends MarkRange {
  readonly organizationId: string;
  readonly index: string;
}

/**
 * What the members of an organization can be found by. Indexes are written after the documents they speak of and may lag
 * behind or lack a member: whoever reads one compares each entry with the member's document and writes it again where the
 * two differ.
 */
export interface IndexStore {
  /**
   * Puts each member into the indexes that its marks name, and out of the others in `indexes`. Writing the same twice changes
   * nothing.
   */
  indexMembers(
    organizationId: string,
    indexes: readonly string[],
    members: readonly IndexedMember[],
  ): Promise<void>;

  /**
   * In the order of mark and user id, beginning behind `after`, which need not be there any more. Without `skip`, the cost does
   * not grow with the index.
   */
  listIndex(
    query: IndexQuery & {
      readonly after?: IndexEntry;
      /** How many to pass over. */
      readonly skip?: number;
      readonly limit: number;
    },
  ): Promise<readonly IndexEntry[]>;

  /** How many. The cost of counting a whole index does not grow with it. */
  countIndex(query: IndexQuery): Promise<number>;

  /** Empties indexes of the organization. */
  removeIndexes(organizationId: string, indexes: readonly string[]): Promise<void>;
}
