/** The source and the name of a password attempt. Names and addresses are hashed. */
export interface PasswordAttempt {
  /** Unique for each attempt. */
  readonly id: string;
  readonly name: string;
  /** The hash of the address under each key of the ring, the current one first; empty if the address is unknown. */
  readonly networks: readonly string[];
  /** The session or remembered browser of the name's owner that sent the attempt; otherwise null. */
  readonly trusted: string | null;
  /** How long the address is known to be blocked; 0 if it is not. */
  readonly addressWaitSeconds: number;
}

/** How many wrong passwords are allowed in a window. */
export interface PasswordLimits {
  /** For one name from one trusted source, or from one address. */
  readonly perSource: number;
  /** For one name, from all addresses together that it never signed in from. */
  readonly fromStrangers: number;
  readonly nameSeconds: number;
  /** For all names from one address. */
  readonly perAddress: number;
  readonly addressSeconds: number;
}

/** The counts that an attempt is included in until it is settled. */
export interface PasswordReservation {
  readonly id: string;
  readonly name: string;
  /** The counts of the name that include it. */
  readonly counts: readonly string[];
  /** The address whose count includes it. */
  readonly network: string | null;
  /** The keys that other attempts wait on while they are `busy`. */
  readonly lines: readonly string[];
}

export type ReservedPassword =
  | {
      readonly outcome: 'reserved';
      readonly reservation: PasswordReservation;
      /** Whether the name has signed in from the address, or the source is trusted. */
      readonly isFamiliar: boolean;
      /** When the name last signed in from the address; null if it never did. */
      readonly networkSeenAt: number | null;
    }
  /** Only blocked by passwords that are still being checked: try again when they are settled. */
  | { readonly outcome: 'busy'; readonly on: string }
  | { readonly outcome: 'blocked'; readonly by: 'name' | 'address'; readonly retryAfterSeconds: number };

/** How long an address is remembered after the last sign-in from it. */
export const NETWORK_LIFE_MS = 90 * 86_400_000;
/** Remembered addresses per name. The one that was used longest ago is removed first. */
export const MOST_NETWORKS = 10;

/**
 * The part of the state that counts wrong passwords. A name has a count for each source, and a shared count for all addresses
 * that it never signed in from. An address has one count for all names. The counts of a name expire together, one window after
 * the first of them began, by the store's own clock if it has one.
 */
export interface PasswordAttemptStore {
  /**
   * Counts a password before it is checked: in every count that it belongs to, or in none. Atomic for each name and each
   * address: wrong passwords plus passwords being checked never exceed the limit, even in parallel.
   *
   * A trusted source, or an address that the name has signed in from, has only its own count. For such an address, a wrong
   * password also counts for the address, unless the address is blocked. Every name causes the same calls to the store. A
   * refused attempt changes nothing.
   */
  reservePassword(attempt: PasswordAttempt, limits: PasswordLimits, now: number): Promise<ReservedPassword>;
  /**
   * A wrong password stays counted; a right one is removed from the counts. If the window ended meanwhile, a wrong password
   * counts in the next window, and a right one changes nothing.
   */
  settlePassword(
    reservation: PasswordReservation,
    verdict: 'right' | 'wrong',
    limits: PasswordLimits,
    now: number,
  ): Promise<void>;
  /**
   * Records that the name signed in from the address. Keeps the newest {@link MOST_NETWORKS}, each for {@link NETWORK_LIFE_MS}.
   */
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

export interface PasswordCounters {
  reserveForNetwork(
    attempt: { readonly id: string; readonly network: string },
    limits: PasswordLimits,
    now: number,
  ): Promise<Counted>;
  /** `counted` is null if the attempt is from an unfamiliar address that is known to be blocked. */
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

export const ALL_NAMES = 'all';
/** The shared count of a name for all addresses that it never signed in from. */
const STRANGERS = 'strangers';

/** The counts of a name that include an attempt, with their limits. The shared count of unfamiliar addresses comes last. */
export function wantedCounts(
  { trusted, networks: [network] }: PasswordAttempt,
  { perSource, fromStrangers }: PasswordLimits,
  isFamiliar: boolean,
): readonly (readonly [count: string, limit: number])[] {
  if (trusted !== null) return [[`t:${trusted}`, perSource]];
  const own = network === undefined ? [] : ([[`n:${network}`, perSource]] as const);
  return isFamiliar ? own : [...own, [STRANGERS, fromStrangers]];
}

/** A name and an address are on different nodes: they are counted in parallel, and one is undone if the other refuses. */
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
      // If the name has signed in from this address, attempts of others from there do not matter.
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

/** A blocked address takes precedence: waiting for the name would not help. */
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
