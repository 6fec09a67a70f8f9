import {
  ALL_NAMES,
  MOST_NETWORKS,
  NETWORK_LIFE_MS,
  countPasswords,
  wantedCounts,
  type Counted,
  type CountsOf,
  type PasswordAttempt,
  type PasswordAttemptStore,
} from '../password-attempts';
import { ExpiringMap } from './owned-entries';

interface Window {
  readonly wrong: Map<string, number>;
  /** The ids of passwords that are being checked, and the counts that include each. */
  readonly judged: Map<string, readonly string[]>;
}

export function passwordAttemptsIn(): PasswordAttemptStore {
  const windows = new ExpiringMap<Window>();
  const networks = new ExpiringMap<Map<string, number>>();

  /** A window that was started by a wrong clock ends no later than a window that starts now. */
  function openWindow(key: string, seconds: number, now: number): Window {
    const [window, expiresAt] = [windows.get(key), windows.expiresAt(key) ?? 0];
    if (window !== undefined && now < expiresAt) {
      const latest = now + seconds * 1000;
      if (expiresAt > latest) windows.set(key, window, { now, expiresAt: latest });
      return window;
    }
    const begun = { wrong: new Map<string, number>(), judged: new Map<string, readonly string[]>() };
    windows.set(key, begun, { now, expiresAt: now + seconds * 1000 });
    return begun;
  }

  function reserve(
    counts: CountsOf,
    id: string,
    wanted: ReturnType<typeof wantedCounts>,
    life: { seconds: number; now: number },
  ): Counted {
    const { seconds, now } = life;
    const key = `${counts.of}:${counts.key}`;
    const { wrong, judged } = openWindow(key, seconds, now);
    const names = wanted.map(([count]) => count);
    if (judged.has(id)) return { outcome: 'reserved', counts: names };
    const isUsedUp = wanted.some(([count, limit]) => (wrong.get(count) ?? 0) >= limit);
    if (isUsedUp) {
      const left = (windows.expiresAt(key) ?? now) - now;
      return { outcome: 'blocked', retryAfterSeconds: Math.max(1, Math.ceil(left / 1000)) };
    }
    const inProgress = (count: string) => [...judged.values()].filter((held) => held.includes(count)).length;
    const busy = wanted.find(([count, limit]) => (wrong.get(count) ?? 0) + inProgress(count) >= limit);
    if (busy !== undefined) return { outcome: 'busy', count: busy[0] };
    judged.set(id, names);
    return { outcome: 'reserved', counts: names };
  }

  function seenAt({ name, networks: hashes }: PasswordAttempt, now: number): number | null {
    const instants = hashes
      .map((hash) => networks.get(name)?.get(hash))
      .filter((at) => at !== undefined)
      .filter((at) => Math.abs(now - at) < NETWORK_LIFE_MS);
    return instants.length === 0 ? null : Math.max(...instants);
  }

  return countPasswords({
    async reserveForNetwork({ id, network }, { addressSeconds, perAddress }, now) {
      const counts = { of: 'network', key: network } as const;
      return reserve(counts, id, [[ALL_NAMES, perAddress]], { seconds: addressSeconds, now });
    },
    async reserveForName(attempt, limits, now) {
      const { id, name, trusted, addressWaitSeconds } = attempt;
      const networkSeenAt = seenAt(attempt, now);
      const isFamiliar = trusted !== null || networkSeenAt !== null;
      if (!isFamiliar && addressWaitSeconds > 0) return { counted: null, isFamiliar, networkSeenAt };
      const life = { seconds: limits.nameSeconds, now };
      const wanted = wantedCounts(attempt, limits, isFamiliar);
      return { counted: reserve({ of: 'name', key: name }, id, wanted, life), isFamiliar, networkSeenAt };
    },
    async settle({ of, key: name }, { id, counts, verdict, seconds, now }) {
      const key = `${of}:${name}`;
      if (verdict === 'wrong') {
        const { wrong, judged } = openWindow(key, seconds, now);
        judged.delete(id);
        for (const count of counts) wrong.set(count, (wrong.get(count) ?? 0) + 1);
        return;
      }
      const window = windows.get(key);
      window?.judged.delete(id);
      if (window?.wrong.size === 0 && window.judged.size === 0) windows.delete(key);
    },
    async noteNetwork(name, network, now) {
      const known = networks.get(name) ?? new Map<string, number>();
      known.set(network, now);
      const [...newest] = [...known].toSorted(([, a], [, b]) => b - a);
      for (const [oldest] of newest.slice(MOST_NETWORKS)) known.delete(oldest);
      networks.set(name, known, { now, expiresAt: now + NETWORK_LIFE_MS });
    },
  });
}
