/** Where the codes were created: the id of a pending login, or the handle of a session. */
export interface CodesOwner {
  readonly userId: string;
  readonly ownerId: string;
}

/** New recovery codes that their owner has not saved yet. */
export interface UnseenCodes {
  readonly sealed: string;
  /** Equals the time in the records if these are still the current codes. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** True if this set replaced an older one. */
  readonly replacesOlder: boolean;
}

/**
 * Keeps new recovery codes, sealed, for the session that created them. They survive a reload and are available in other tabs.
 * They are removed when they are acknowledged, when the session ends, and at `expiresAt`. `registerSession` moves them if the
 * session continues under a new handle.
 */
export interface UnseenCodesStore {
  /** Stores codes, and replaces earlier codes of the owner. */
  keepUnseenCodes(owner: CodesOwner, codes: UnseenCodes, now: number): Promise<void>;
  findUnseenCodes(owner: CodesOwner): Promise<UnseenCodes | undefined>;
  /** Atomic: true exactly once. */
  endUnseenCodes(owner: CodesOwner): Promise<boolean>;
}
