import { randomUUID } from 'node:crypto';
import type { UserDirectory } from 'express-mfa';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './accounts';
import type { DemoAccount, OrganizationId } from './accounts';
import { hashPassword, isPassword } from './password-hash';
import type { PasswordHash } from './password-hash';

export type User = Omit<DemoAccount, 'about'> & {
  /** The app's own note that this person has a second factor, in case the records are lost. */
  readonly mfaEnrolled: boolean;
};

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly organizationId: OrganizationId;
  readonly passwordHash: PasswordHash;
}

/** The user table of this app, in memory. A real app has a database here. */
export interface UserTable {
  /** What express-mfa asks of it. */
  readonly directory: UserDirectory<User>;
  findById(id: string): User | undefined;
  findByEmail(email: string): User | undefined;
  administratorsOf(organizationId: string): readonly User[];
  /** The user whose password it is, or false. */
  verify(email: string, password: string): Promise<User | false>;
  add(user: NewUser): User;
}

/** Passport's type says nothing about the user; this app puts only its own there. */
export const toUser = (user: Express.User): User => user as User;

const PAGE_SIZE_LIMIT = 100;

const normalize = (email: string): string => email.trim().toLowerCase();

/** Holds the demo accounts; each password is hashed once. */
export async function createUserTable(): Promise<UserTable> {
  const users = new Map<string, User>();
  const hashes = new Map<string, PasswordHash>();
  const nobody = await hashPassword(randomUUID());
  await Promise.all(
    DEMO_ACCOUNTS.map(async ({ about: _about, ...account }) => {
      users.set(account.id, { ...account, mfaEnrolled: false });
      if (account.federated !== true) hashes.set(account.id, await hashPassword(DEMO_PASSWORD));
    }),
  );

  const findByEmail = (email: string) => [...users.values()].find((user) => user.email === normalize(email));
  const membersOf = (organizationId: string, query = '') =>
    [...users.values()]
      .filter((user) => user.organizationId === organizationId)
      .filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(query.toLowerCase()))
      .toSorted((a, b) => a.email.localeCompare(b.email));

  return {
    findById: (id) => users.get(id),
    findByEmail,
    administratorsOf: (organizationId) =>
      [...users.values()].filter(({ administers = [] }) => administers.some((id) => id === organizationId)),
    async verify(email, password) {
      const user = findByEmail(email);
      const hash = user === undefined ? undefined : hashes.get(user.id);
      // A stranger costs as much time as a member, so that nobody learns who has an account.
      const right = await isPassword(password, hash ?? nobody);
      return user !== undefined && hash !== undefined && right ? user : false;
    },
    add({ passwordHash, ...fields }) {
      const user: User = { ...fields, email: normalize(fields.email), id: randomUUID(), mfaEnrolled: false };
      users.set(user.id, user);
      hashes.set(user.id, passwordHash);
      return user;
    },
    directory: {
      findById: (id) => users.get(id),
      // Asked where no password is. A real app refuses suspended accounts here, as `verify` does.
      maySignIn: (user) => users.has(user.id),
      findByIds: async (ids) => ids.map((id) => users.get(id)).filter((user) => user !== undefined),
      count: async (organizationId) => membersOf(organizationId).length,
      async list({ organizationId, query, cursor = '0', limit }) {
        const from = Number(cursor);
        const to = from + Math.min(limit, PAGE_SIZE_LIMIT);
        const found = membersOf(organizationId, query);
        return {
          users: found.slice(from, to),
          ...(to < found.length ? { nextCursor: String(to) } : {}),
        };
      },
      membershipsOf: ({ organizationId, administers = [] }) => [organizationId, ...administers],
      async noteEnrolled(id, mfaEnrolled) {
        const user = users.get(id);
        if (user !== undefined) users.set(id, { ...user, mfaEnrolled });
      },
    },
  };
}
