import type { PasswordAttempt, PasswordLimits, ReservedPassword } from '../../stores/password-attempts';
import { MOST_NETWORKS, NETWORK_LIFE_MS } from '../../stores/password-attempts';
import type { StateStore } from '../../stores/state-store';
import { NOW, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export const PASSWORD_LIMITS: PasswordLimits = {
  perSource: 3,
  fromStrangers: 5,
  nameSeconds: 900,
  perAddress: 4,
  addressSeconds: 600,
};

export function aPassword(overrides: Partial<PasswordAttempt> = {}): PasswordAttempt {
  return {
    id: newId(),
    name: newId(),
    networks: [newId()],
    trusted: null,
    addressWaitSeconds: 0,
    ...overrides,
  };
}

export function describePasswordAttempts(
  { describe, it, expect }: TestFramework,
  open: () => StateStore,
): void {
  const reserve = (attempt: Partial<PasswordAttempt>, now = NOW) =>
    open().reservePassword(aPassword(attempt), PASSWORD_LIMITS, now);

  async function settle(reserved: ReservedPassword, verdict: 'right' | 'wrong'): Promise<void> {
    if (reserved.outcome !== 'reserved') throw new Error(`It is ${reserved.outcome}.`);
    await open().settlePassword(reserved.reservation, verdict, PASSWORD_LIMITS, NOW);
  }

  async function guess(attempt: Partial<PasswordAttempt>): Promise<string> {
    const reserved = await reserve(attempt);
    if (reserved.outcome === 'reserved') await settle(reserved, 'wrong');
    return reserved.outcome;
  }

  async function guesses(attempt: Partial<PasswordAttempt>, count: number): Promise<readonly string[]> {
    const outcomes: string[] = [];
    for (let n = 0; n < count; n += 1) outcomes.push(await guess(attempt));
    return outcomes;
  }

  const times = (outcome: string, count: number) => Array.from({ length: count }, () => outcome);

  describe('passwords that are tried', () => {
    it('are limited for a name from one address, which leaves attempts for others', async () => {
      const [name, networks] = [newId(), [newId()]];
      expect(await guesses({ name, networks }, 4)).toEqual([...times('reserved', 3), 'blocked']);
      expect(await reserve({ name, networks })).toMatchObject({ by: 'name', retryAfterSeconds: 900 });
      expect(await guess({ name })).toBe('reserved');
      expect(await guess({ networks })).toBe('reserved');
    });

    it('are limited for a name from all unfamiliar addresses together, including unknown addresses', async () => {
      const name = newId();
      expect(await guesses({ name }, 4)).toEqual(times('reserved', 4));
      expect(await guesses({ name, networks: [] }, 2)).toEqual(['reserved', 'blocked']);
      expect(await guess({ name })).toBe('blocked');
      expect(await guess({})).toBe('reserved');
    });

    it('are limited from one address for all names, and then no longer count for a name', async () => {
      const [name, networks] = [newId(), [newId()]];
      for (let n = 0; n < 4; n += 1) expect(await guess({ networks })).toBe('reserved');
      const blocked = await reserve({ name, networks });
      expect(blocked).toEqual({ outcome: 'blocked', by: 'address', retryAfterSeconds: 600 });
      for (let n = 0; n < 9; n += 1) await reserve({ name, networks });
      const known = { name, networks, addressWaitSeconds: 42 };
      expect(await reserve(known)).toEqual({ outcome: 'blocked', by: 'address', retryAfterSeconds: 42 });
      expect(await guesses({ name }, 3)).toEqual(times('reserved', 3));
      expect(await guesses({ name }, 3)).toEqual(['reserved', 'reserved', 'blocked']);
    });

    it('are not counted if they are right, and do not remove wrong ones', async () => {
      const [name, networks] = [newId(), [newId()]];
      await guesses({ name, networks }, 2);
      for (let n = 0; n < 9; n += 1) await settle(await reserve({ name, networks }), 'right');
      expect(await guesses({ name, networks }, 2)).toEqual(['reserved', 'blocked']);
      const elsewhere = { networks: [newId()] };
      for (let n = 0; n < 9; n += 1) await settle(await reserve(elsewhere), 'right');
      expect(await guesses(elsewhere, 5)).toEqual([...times('reserved', 4), 'blocked']);
    });

    it('wait for passwords that are being checked, while those may be right', async () => {
      const [name, networks] = [newId(), [newId()]];
      const held = await Promise.all(Array.from({ length: 3 }, () => reserve({ name, networks })));
      const busy = await reserve({ name, networks });
      expect(busy).toMatchObject({ outcome: 'busy' });
      const lines = held.flatMap((one) => (one.outcome === 'reserved' ? one.reservation.lines : []));
      expect(lines).toContain(busy.outcome === 'busy' ? busy.on : '');
      for (const first of held.slice(0, 1)) await settle(first, 'right');
      expect(await guess({ name, networks })).toBe('reserved');
      expect(await reserve({ name, networks })).toEqual(busy);
      for (const one of held.slice(1)) await settle(one, 'wrong');
      expect(await guess({ name, networks })).toBe('blocked');
    });

    it('wait for those of other names from the same address, and do not count for the name meanwhile', async () => {
      const [name, networks] = [newId(), [newId()]];
      const held = await Promise.all(Array.from({ length: 4 }, () => reserve({ networks })));
      const busy = await Promise.all(Array.from({ length: 9 }, () => reserve({ name, networks })));
      expect(new Set(busy.map(({ outcome }) => outcome))).toEqual(new Set(['busy']));
      expect(await guesses({ name }, 3)).toEqual(times('reserved', 3));
      for (const one of held) await settle(one, 'right');
      expect(await guesses({ name, networks }, 2)).toEqual(times('reserved', 2));
    });

    it('never exceed the limit, even in parallel', async () => {
      const [name, networks] = [newId(), [newId()]];
      const fromOne = await Promise.all(Array.from({ length: 50 }, () => reserve({ name, networks })));
      const fromMany = await Promise.all(Array.from({ length: 50 }, () => reserve({ name })));
      const forMany = await Promise.all(Array.from({ length: 50 }, () => reserve({ networks })));
      const counted = [fromOne, fromMany, forMany].map(
        (all) => all.filter(({ outcome }) => outcome === 'reserved').length,
      );
      expect(counted).toEqual([3, 2, 1]);
    });

    it('are counted once if the first answer was lost and the command is sent again', async () => {
      const attempt = aPassword();
      const again = () => open().reservePassword(attempt, PASSWORD_LIMITS, NOW);
      const same = { name: attempt.name, networks: attempt.networks };
      await guesses(same, 2);
      for (let n = 0; n < 9; n += 1) expect(await again()).toMatchObject({ outcome: 'reserved' });
      await settle(await again(), 'right');
      expect(await guesses(same, 2)).toEqual(['reserved', 'blocked']);
    });

    it('have their own count from an address that the name signed in from, whether it is blocked or not', async () => {
      const [name, home] = [newId(), newId()];
      await open().noteNetwork(name, home, NOW);
      while ((await guess({ name })) === 'reserved');
      while ((await guess({ networks: [home] })) === 'reserved');
      const known = await reserve({ name, networks: [home], addressWaitSeconds: 600 }, NOW + 5);
      expect(known).toMatchObject({ outcome: 'reserved', isFamiliar: true, networkSeenAt: NOW });
      await settle(known, 'wrong');
      expect(await guesses({ name, networks: [home] }, 3)).toEqual(['reserved', 'reserved', 'blocked']);
      expect(await reserve({ name, networks: [home] })).toMatchObject({ by: 'name', retryAfterSeconds: 900 });
      expect(await reserve({ networks: [home] })).toMatchObject({ by: 'address' });
      // An address that is blocked for all names is reported as such, even if the name is blocked too.
      const used = newId();
      while ((await guess({ name: used })) === 'reserved');
      expect(await reserve({ name: used, networks: [home] })).toMatchObject({ by: 'address' });
    });

    it('also count for the address if it is familiar and not blocked', async () => {
      const [name, home] = [newId(), newId()];
      await open().noteNetwork(name, home, NOW);
      expect(await guesses({ name, networks: [home] }, 3)).toEqual(times('reserved', 3));
      expect(await guess({ networks: [home] })).toBe('reserved');
      expect(await guess({ networks: [home] })).toBe('blocked');
    });

    it('recognize an address by an older key, only for its name, and until it expires', async () => {
      const [name, older] = [newId(), newId()];
      await open().noteNetwork(name, older, NOW);
      const seen = async (attempt: Partial<PasswordAttempt>, now: number) => {
        const reserved = await reserve({ name, networks: [newId(), older], ...attempt }, now);
        await settle(reserved, 'right');
        return reserved.outcome === 'reserved' && reserved.isFamiliar;
      };
      expect(await seen({}, NOW + NETWORK_LIFE_MS - 1)).toBe(true);
      expect(await seen({ name: newId() }, NOW)).toBe(false);
      expect(await seen({ networks: [newId()] }, NOW)).toBe(false);
      expect(await seen({}, NOW + NETWORK_LIFE_MS)).toBe(false);
      // Recorded by a clock that was far ahead.
      expect(await seen({}, NOW - NETWORK_LIFE_MS)).toBe(false);
    });

    it('recognize only the newest addresses', async () => {
      const name = newId();
      const networks = Array.from({ length: MOST_NETWORKS + 2 }, newId);
      for (const [n, network] of networks.entries()) await open().noteNetwork(name, network, NOW + n);
      await open().noteNetwork(name, networks[2] ?? '', NOW + 100);
      const known = await Promise.all(networks.map((network) => reserve({ name, networks: [network] })));
      const familiar = known.map((one) => one.outcome === 'reserved' && one.isFamiliar);
      expect(familiar).toEqual(networks.map((_network, n) => n > 1));
    });

    it('have their own count for each trusted source, from any address', async () => {
      const [name, networks] = [newId(), [newId()]];
      while ((await guess({ networks })) === 'reserved');
      while ((await guess({ name })) === 'reserved');
      const trusted = { name, networks, addressWaitSeconds: 600, trusted: 'session:1' };
      expect(await reserve(trusted)).toMatchObject({ isFamiliar: true, networkSeenAt: null });
      expect(await guesses(trusted, 3)).toEqual(['reserved', 'reserved', 'busy']);
      expect(await guess({ ...trusted, trusted: 'session:2' })).toBe('reserved');
      expect(await guess({ ...trusted, name: newId() })).toBe('reserved');
    });
  });
}
