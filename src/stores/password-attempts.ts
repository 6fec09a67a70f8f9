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

/** Counts that begin and end together: those of a name, or those of an address. */
export interface CountsOf {
  readonly of: 'name' | 'network';
  readonly key: string;
}

export type Counted =
  | { readonly outcome: 'reserved'; readonly counts: readonly string[] }
  | { readonly outcome: 'busy'; readonly count: string }
  | { readonly outcome: 'blocked'; readonly retryAfterSeconds: number };

/** What a store does atomically. */
export interface PasswordCounters {
  reserveForNetwork(
    attempt: { readonly id: string; readonly network: string },
    limits: PasswordLimits,
    now: number,
  ): Promise<Counted>;
  /** `counted` is null where a stranger comes from an address that is known to be blocked. */
  reserveForName(
    attempt: PasswordAttempt,
    limits: PasswordLimits,
    now: number,
  ): Promise<{
    readonly counted: Counted | null;
    readonly isFamiliar: boolean;
    readonly networkSeenAt: number | null;
  }>;
  settle(
    counts: CountsOf,
    settled: {
      readonly id: string;
      readonly counts: readonly string[];
      readonly verdict: 'right' | 'wrong';
      readonly seconds: number;
      readonly now: number;
    },
  ): Promise<void>;
  noteNetwork(name: string, network: string, now: number): Promise<void>;
}

/** The one count of an address. */
export const ALL_NAMES = 'all';
/** The count of a name that all addresses share which it never signed in from. */
const STRANGERS = 'strangers';

/** The counts of a name that an attempt belongs to, each with its limit. That of strangers comes last. */
export function wantedCounts(
  { trusted, networks: [network] }: PasswordAttempt,
  { perSource, fromStrangers }: PasswordLimits,
  isFamiliar: boolean,
): readonly (readonly [count: string, limit: number])[] {
  if (trusted !== null) return [[`t:${trusted}`, perSource]];
  const own = network === undefined ? [] : ([[`n:${network}`, perSource]] as const);
  return isFamiliar ? own : [...own, [STRANGERS, fromStrangers]];
}

/**
 * A name and its addresses are on different nodes of a cluster, so no step of a store spans them. Both are asked at once, and what was
 * counted under one is given back where the other refuses.
 */
export function countPasswords(counters: PasswordCounters): PasswordAttemptStore {
  return {
    async reservePassword(attempt, limits, now) {
      const { id, name } = attempt;
      const network = networkToCount(attempt);
      const [ofName, ofNetwork] = await Promise.all([
        counters.reserveForName(attempt, limits, now),
        network === null ? null : counters.reserveForNetwork({ id, network }, limits, now),
      ]);
      const { counted, isFamiliar, networkSeenAt } = ofName;
      const countedNetwork = ofNetwork?.outcome === 'reserved' ? network : null;
      const back = { id, verdict: 'right', seconds: 0, now } as const;
      if (counted?.outcome !== 'reserved') {
        if (countedNetwork !== null)
          await counters.settle({ of: 'network', key: countedNetwork }, { ...back, counts: [ALL_NAMES] });
        return refusalByName(attempt, counted, isFamiliar ? null : ofNetwork);
      }
      // An address that the name has signed in from does not ask what others did there.
      if (!isFamiliar && ofNetwork !== null && ofNetwork.outcome !== 'reserved') {
        await counters.settle({ of: 'name', key: name }, { ...back, counts: counted.counts });
        return refusalByNetwork(network, ofNetwork);
      }
      const lines = [
        ...counted.counts.map((count) => lineOf(name, count)),
        ...(countedNetwork === null ? [] : [lineOf(countedNetwork, ALL_NAMES)]),
      ];
      const reservation = { id, name, counts: counted.counts, network: countedNetwork, lines };
      return { outcome: 'reserved', reservation, isFamiliar, networkSeenAt };
    },
    async settlePassword({ id, name, counts, network }, verdict, limits, now) {
      const settled = { id, verdict, now };
      await Promise.all([
        counters.settle({ of: 'name', key: name }, { ...settled, counts, seconds: limits.nameSeconds }),
        network === null
          ? null
          : counters.settle(
              { of: 'network', key: network },
              { ...settled, counts: [ALL_NAMES], seconds: limits.addressSeconds },
            ),
      ]);
    },
    noteNetwork: (name, network, now) => counters.noteNetwork(name, network, now),
  };
}

const lineOf = (key: string, count: string) => `${key}:${count}`;

function networkToCount({ networks, trusted, addressWaitSeconds }: PasswordAttempt): string | null {
  return trusted === null && addressWaitSeconds === 0 ? (networks[0] ?? null) : null;
}

/** What the address says comes first: where it is blocked, waiting for the name is in vain. */
function refusalByName(
  { name, addressWaitSeconds }: PasswordAttempt,
  counted: Exclude<Counted, { outcome: 'reserved' }> | null,
  ofNetwork: Counted | null,
): ReservedPassword {
  if (counted === null) return { outcome: 'blocked', by: 'address', retryAfterSeconds: addressWaitSeconds };
  if (ofNetwork?.outcome === 'blocked') return { ...ofNetwork, by: 'address' };
  if (counted.outcome === 'blocked') return { ...counted, by: 'name' };
  return { outcome: 'busy', on: lineOf(name, counted.count) };
}

function refusalByNetwork(
  network: string | null,
  ofNetwork: Exclude<Counted, { outcome: 'reserved' }>,
): ReservedPassword {
  if (ofNetwork.outcome === 'blocked') return { ...ofNetwork, by: 'address' };
  return { outcome: 'busy', on: lineOf(network ?? '', ofNetwork.count) };
}
