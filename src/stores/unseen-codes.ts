/** Who made the codes: a pending login or a session, by the id of the one or the handle of the other. */
export interface CodesOwner {
  readonly userId: string;
  readonly ownerId: string;
}

/** New recovery codes that wait for their owner to save them. */
export interface UnseenCodes {
  readonly sealed: string;
  /** As the records have it of the set: shows whether these are still the codes that work. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** An older set stopped working with this one. */
  readonly replacesOlder: boolean;
}

/**
 * New recovery codes, sealed, for the one session that made them. They survive a reload and a second tab, and end when they are
 * acknowledged, when the session ends or is signed out, and at `expiresAt`. `registerSession` takes them along where the session
 * goes on under a new handle.
 */
export interface UnseenCodesStore {
  /** They take the place of those that the owner had. */
  keepUnseenCodes(owner: CodesOwner, codes: UnseenCodes, now: number): Promise<void>;
  findUnseenCodes(owner: CodesOwner): Promise<UnseenCodes | undefined>;
  /** Atomic: true exactly once. */
  endUnseenCodes(owner: CodesOwner): Promise<boolean>;
}
