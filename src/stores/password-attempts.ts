/** Where a password comes from and whose it is to be. Names and addresses come hashed. */
export interface PasswordAttempt {
  /** Different for each try. */
  readonly id: string;
  readonly name: string;
  /** The hash of the address under each key of the ring, the current one first; empty where the address cannot be read. */
  readonly networks: readonly string[];
  /** A live session or a remembered browser of that name's owner, where it comes from one. */
  readonly trusted: string | null;
  /** For how long the address is known to be blocked; 0 where it is not. */
  readonly addressWaitSeconds: number;
}

/** How many wrong passwords are judged in a window. */
export interface PasswordLimits {
  /** For one name from one trusted source, or from one address. */
  readonly perSource: number;
  /** For one name from all addresses together that it has not signed in from. */
  readonly fromStrangers: number;
  readonly nameSeconds: number;
  /** For all names from one address. */
  readonly perAddress: number;
  readonly addressSeconds: number;
}

/** What was counted for an attempt, to be settled when the password is judged. */
export interface PasswordReservation {
  readonly id: string;
  readonly name: string;
  /** The counts of the name that it is in. */
  readonly counts: readonly string[];
  /** The address that it is counted for. */
  readonly network: string | null;
  /** What others wait on that are `busy` because of it. */
  readonly lines: readonly string[];
}

export type ReservedPassword =
  | {
      readonly outcome: 'reserved';
      readonly reservation: PasswordReservation;
      /** Whether the name has signed in from the address, or the source is trusted. */
      readonly isFamiliar: boolean;
      /** When it last signed in from the address; null where it did not. */
      readonly networkSeenAt: number | null;
    }
  /** Only passwords that are still being judged are in the way. */
  | { readonly outcome: 'busy'; readonly on: string }
  | { readonly outcome: 'blocked'; readonly by: 'name' | 'address'; readonly retryAfterSeconds: number };

/** How long an address stays known after the last sign-in from it. */
export const NETWORK_LIFE_MS = 90 * 86_400_000;
/** Of one name; the one seen longest ago goes first. */
export const MOST_NETWORKS = 10;

/**
 * The part of the state that counts wrong passwords. A name has a count for each source, and one that all addresses share
 * which it never signed in from; an address has one for all names. The counts of a name end together, a window after the
 * first of them began, by the clock of the store where it has one.
 */
export interface PasswordAttemptStore {
  /**
   * Counts a password before it is judged, under every count that it belongs to or under none. Atomic for each name and each
   * address: what was judged wrong and what is being judged is never more than the limit, whatever runs in parallel.
   *
   * A trusted source, and an address that the name has signed in from, have a count of their own and no other; of the latter
   * a wrong password counts for the address too, as long as the address is not blocked. The same is asked of the store for
   * every name. An attempt that is refused leaves nothing behind.
   */
  reservePassword(attempt: PasswordAttempt, limits: PasswordLimits, now: number): Promise<ReservedPassword>;
  /**
   * A wrong password stays counted, a right one does not. Where the window ended meanwhile, a wrong one counts in the next and a
   * right one takes nothing from it.
   */
  settlePassword(
    reservation: PasswordReservation,
    verdict: 'right' | 'wrong',
    limits: PasswordLimits,
    now: number,
  ): Promise<void>;
  /** Remembers that the name signed in from the address. Keeps the newest, each for as long as is said above. */
  noteNetwork(name: string, network: string, now: number): Promise<void>;
}
