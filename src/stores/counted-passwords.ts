import type {
  PasswordAttempt,
  PasswordAttemptStore,
  PasswordLimits,
  ReservedPassword,
} from './password-attempts';

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
export const STRANGERS = 'strangers';

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
