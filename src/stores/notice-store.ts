/** A notice that has to reach somebody, kept until it went out. It holds no secret and no address in the clear. */
export interface KeptNotice {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  /** The address, sealed under the key ring. */
  readonly sealedAddress: string;
  /** What it says, as text that the store does not read. */
  readonly body: string;
  readonly keptAt: number;
  /** How often it was tried. */
  readonly attempts: number;
}

/** Where notices wait until they went out. */
export interface NoticeStore {
  /**
   * Keeps a notice that is due then; one of the same id is replaced. Atomic: with `most` kept, the oldest due make room, and
   * their number is returned.
   */
  keepNotice(notice: KeptNotice, keep: { readonly dueAt: number; readonly most: number }): Promise<number>;
  /**
   * Takes the notices that are due, at most `limit`, and puts each off until `untilAt`, so that no other process sends it too.
   * What is due after `latestAt` was put off by a clock that is ahead, and is due as well. Atomic.
   */
  claimNotices(claim: {
    readonly now: number;
    readonly latestAt?: number;
    readonly limit: number;
    readonly untilAt: number;
  }): Promise<readonly KeptNotice[]>;
  dropNotice(id: string): Promise<void>;
}
