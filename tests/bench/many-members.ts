import { listMembers, type MemberFilter } from '../../src/flows/admin/member-list';
import type { StateStore } from '../../src/index';
import { createFlowWorld, createRoster, manyUsers, type FlowWorld } from '../support/admin-flows';
import type { Records } from '../support/records';

const ROUNDS = 151;
const DAY = 86_400_000;

/** Every second member has an app, every tenth of the others an exemption. */
export async function fillMembers(world: FlowWorld, size: number): Promise<void> {
  const { records, clock } = world.context;
  const now = clock.now();
  for (let at = 0; at < size; at += 1000) {
    const ids = manyUsers(size)
      .slice(at, Math.min(size, at + 1000))
      .map(({ id }) => id);
    await Promise.all(
      ids.map(async (id, number) => {
        if (number % 2 === 0) {
          return records.addAuthenticator(id, {
            id: 'app',
            kind: 'totp',
            label: 'Phone',
            createdAt: now,
            lastUsedAt: now,
            failures: 0,
            disabledAt: null,
            state: {},
            sealedSecret: 'sealed',
            maskedDestination: null,
          });
        }
        // Few end in the week that the pages warn of.
        const exemption = {
          reason: 'Leave',
          grantedBy: 'ada',
          grantedAt: now,
          until: now + (1 + (number % 360)) * DAY,
        };
        return number % 20 === 1 ? records.saveExemption(id, 'acme', exemption) : undefined;
      }),
    );
  }
}

/** A directory as a database with an index would be: a page costs the same wherever it begins. */
export function createMembers(
  size: number,
  stores: { readonly records: Records; readonly state: StateStore },
): FlowWorld {
  const all = manyUsers(size);
  const byId = new Map(all.map((user) => [user.id, user]));
  return createFlowWorld({
    ...stores,
    roster: createRoster([]),
    users: {
      findById: (id) => byId.get(id),
      findByIds: async (ids) => ids.map((id) => byId.get(id)).filter((user) => user !== undefined),
      count: async () => size,
      async list({ cursor, limit }) {
        const from = cursor === undefined ? 0 : Number(cursor);
        const users = all.slice(from, from + limit);
        return from + limit < size ? { users, nextCursor: String(from + limit) } : { users };
      },
    },
  });
}

/** Where a page far from the first one begins. */
export async function middleCursor(
  world: FlowWorld,
  filter: MemberFilter,
  size: number,
): Promise<string | undefined> {
  if (filter === 'all') return `d.${size / 2}`;
  let cursor: string | undefined;
  const pages = Math.min(20, size / 1000);
  for (let page = 0; page < pages; page += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const { nextCursor } = await listMembers(world.context, {
      organizationId: 'acme',
      filter,
      limit: 50,
      ...from,
    });
    if (nextCursor === undefined) return cursor;
    cursor = nextCursor;
  }
  return cursor;
}

/** The times of each act, taken in turns, so that whatever else the machine does weighs on all alike. */
export async function timesMs(
  acts: readonly (() => Promise<unknown>)[],
  rounds = ROUNDS,
): Promise<readonly (readonly number[])[]> {
  const taken: number[][] = acts.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, act] of acts.entries()) {
      const begun = performance.now();
      await act();
      taken[index]?.push(performance.now() - begun);
    }
  }
  return taken;
}
