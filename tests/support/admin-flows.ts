import type { Authenticator } from '../../src/core/member/authenticator';
import type { Policy } from '../../src/core/policy/policy';
import { createKeyRing } from '../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../src/core/proof/secrets';
import { createDelivery } from '../../src/delivery/delivery';
import { createOutbox, type Outbox } from '../../src/delivery/outbox';
import { ClockWatch } from '../../src/events/advice';
import { EventRecorder } from '../../src/events/event-recorder';
import { createFactors } from '../../src/factors/find-factor';
import type { AdminAct } from '../../src/flows/admin/admin-authority';
import { keepMembersIndexed } from '../../src/flows/admin/keep-indexes';
import { BackgroundWork } from '../../src/flows/context/background-work';
import type { FlowContext } from '../../src/flows/context/context';
import { readPolicy } from '../../src/flows/context/gather-facts';
import { EnrollmentNotes } from '../../src/flows/enrollment/enrollment-notes';
import { createDirectory } from '../../src/options/directory';
import type { Account, UserDirectory } from '../../src/options/ports';
import { resolveOptions } from '../../src/options/resolve-options';
import { memoryState } from '../../src/stores/memory/memory-stores';
import type { StateStore } from '../../src/stores/state-store';
import { createClock, type SettableClock } from './clock';
import { memoryRecords, withRules, type Records } from './records';

export interface RosterUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly phone?: string;
  readonly organizationId: string;
  readonly federated?: boolean;
  readonly mfaEnrolled?: boolean;
  readonly active?: boolean;
}

/** A host's user table of any size, in the order of its ids, that notes what it was asked. */
export interface Roster {
  readonly users: Map<string, RosterUser>;
  readonly asked: { list: number; findByIds: number };
  /** Called before each page of the list; a test may stop the world here. */
  beforeList: (cursor: string | undefined) => Promise<void>;
}

export interface FlowWorld {
  readonly context: FlowContext;
  readonly roster: Roster;
  readonly clock: SettableClock;
  readonly outbox: Outbox;
  readonly errors: unknown[];
  /** Waits for events, indexes and jobs. */
  settled(): Promise<void>;
  act(actorId: string, organizationId?: string): AdminAct & { readonly actor: Account };
  savePolicy(change: Partial<Policy>, organizationId?: string): Promise<void>;
  enroll(userId: string, change?: Partial<Authenticator>): Promise<string>;
}

export function createRoster(users: readonly RosterUser[]): Roster {
  return {
    users: new Map(users.map((user) => [user.id, user])),
    asked: { list: 0, findByIds: 0 },
    beforeList: async () => undefined,
  };
}

/** So many members of one organization: `user-000000`, `user-000001` and on. */
export function manyUsers(count: number, organizationId = 'acme'): RosterUser[] {
  return Array.from({ length: count }, (_, number) => {
    const id = `user-${String(number).padStart(6, '0')}`;
    return { id, name: `Member ${number}`, email: `${id}@acme.example`, organizationId };
  });
}

/** The flows on stores of the test's choice, without Express. */
export function createFlowWorld(given: {
  readonly roster: Roster;
  readonly records?: Records;
  readonly state?: StateStore;
  readonly clock?: SettableClock;
  /** In place of what the roster answers. */
  readonly users?: Partial<UserDirectory<RosterUser>>;
}): FlowWorld {
  const { roster } = given;
  const clock = given.clock ?? createClock();
  const outbox = createOutbox({ clock });
  const errors: unknown[] = [];
  const resolved = resolveOptions<RosterUser>({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    keys: ['BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g='],
    email: outbox.email,
    sms: outbox.sms,
    clock,
    records: given.records ?? memoryRecords(),
    state: given.state ?? memoryState(),
    onError: (error) => errors.push(error),
    users: {
      findById: (id) => roster.users.get(id),
      async findByIds(ids) {
        roster.asked.findByIds += 1;
        return ids.map((id) => roster.users.get(id)).filter((user) => user !== undefined);
      },
      async list({ organizationId, query, cursor, limit }) {
        roster.asked.list += 1;
        await roster.beforeList(cursor);
        return listPage(roster, { organizationId, limit, query: query ?? '', cursor: cursor ?? '' });
      },
      count: async (organizationId) =>
        [...roster.users.values()].filter((user) => user.organizationId === organizationId).length,
      async noteEnrolled(id, enrolled) {
        const user = roster.users.get(id);
        if (user !== undefined) roster.users.set(id, { ...user, mfaEnrolled: enrolled });
      },
      ...given.users,
    },
  });
  const { state } = resolved;
  const records = withRules(resolved.records);
  const onError = (error: unknown) => void errors.push(error);
  const keyRing = createKeyRing(resolved.keys);
  const keep = { maxCount: resolved.events.keepCount, maxAgeSeconds: resolved.events.keepSeconds };
  const events = new EventRecorder({ records, clock, keep, onError });
  const delivery = createDelivery({ ...resolved, onFailure: ({ error }) => onError(error) });
  const directory = createDirectory(resolved);
  const context: FlowContext = {
    options: resolved,
    clock,
    records,
    state,
    keyRing,
    delivery,
    events,
    directory,
    enrollmentNotes: new EnrollmentNotes({ directory, records, onError }),
    wayIn: null,
    factors: createFactors({
      records,
      state,
      keyRing,
      totpWindow: 1,
      passkeys: null,
      noteFuture: () => undefined,
    }),
    background: new BackgroundWork(onError),
    clocks: new ClockWatch({ clock, onError }),
    administrators: [],
  };
  keepMembersIndexed(context);
  return {
    context,
    roster,
    clock,
    outbox,
    errors,
    async settled() {
      await context.background.settled();
      await delivery.settled();
      await events.settled();
    },
    act(actorId, organizationId = 'acme') {
      const user = roster.users.get(actorId);
      if (user === undefined) throw new Error(`There is no ${actorId}.`);
      const origin = { address: '192.0.2.7', userAgent: 'Firefox' };
      return { organizationId, actor: context.directory.accountOf(user), origin };
    },
    async savePolicy(change, organizationId = 'acme') {
      const policy = await readPolicy(context, organizationId);
      await records.savePolicy({ ...policy, ...change, organizationId }, policy.version);
    },
    async enroll(userId, change = {}) {
      const kind = change.kind ?? 'totp';
      const id = `${kind}-of-${userId}`;
      const secret = new PlainSecret('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
      await records.addAuthenticator(userId, {
        id,
        kind,
        label: 'Phone',
        createdAt: clock.now(),
        lastUsedAt: null,
        failures: 0,
        disabledAt: null,
        state: {},
        sealedSecret: sealSecret(keyRing, secret, { userId, authenticatorId: id, kind }),
        maskedDestination: null,
        ...change,
      });
      await context.directory.noteEnrolled(userId, true);
      const organizationId = roster.users.get(userId)?.organizationId ?? 'acme';
      events.report({ name: 'authenticator-added', userId, organizationId });
      return id;
    },
  };
}

function listPage(
  roster: Roster,
  asked: {
    readonly organizationId: string;
    readonly query: string;
    readonly cursor: string;
    readonly limit: number;
  },
): { readonly users: readonly RosterUser[]; readonly nextCursor?: string } {
  const { organizationId, query, cursor, limit } = asked;
  const found: RosterUser[] = [];
  for (const user of roster.users.values()) {
    if (user.organizationId !== organizationId || (cursor !== '' && user.id <= cursor)) continue;
    if (!user.name.toLowerCase().includes(query.toLowerCase())) continue;
    if (found.length === limit) return { users: found, nextCursor: found.at(-1)?.id ?? '' };
    found.push(user);
  }
  return { users: found };
}
