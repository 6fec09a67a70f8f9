import type { Request } from 'express';
import { MfaError } from '../core/errors';
import { hostIdText } from '../core/text/host-id';
import { cutText } from '../core/text/typed-text';
import { Advice } from '../events/advice';
import { AccountAnswer } from './account-answer';
import type { ResolvedOptions } from './resolved-options';
import type { Account } from './ports';

/** Only names are cut, because they are only displayed; usernames and addresses are not. */
const LONGEST_NAME = 200;

/**
 * The host's user table for the flows. Reads the user's fields with the usual names, unless the host's `account` option returns
 * them.
 */
export function createDirectory<User extends Express.User>(
  options: ResolvedOptions<User>,
  advice = new Advice(options.onError),
): Directory {
  const { users, userId } = options;
  let isConfirmed = false;

  /** Passport does not know the type of the user, but the host's own callbacks returned it. */
  const isHostUser = (user: Express.User): user is User => typeof user === 'object' && user !== null;

  /** The host's user of each account, for calls that need it. */
  const usersOf = new WeakMap<Account, User>();

  function accountOf(user: Express.User): Account {
    if (!isHostUser(user)) throw new MfaError('user-unavailable', 'req.user is not an object.');
    const account = readAccount(user);
    usersOf.set(account, user);
    return account;
  }

  function readAccount(user: User): Account {
    const answer = new AccountAnswer(options.account(user));
    const own = (name: string): unknown => Reflect.get(user, name);
    const id = userId(user);
    answer.requireId(id);
    const email = answer.text('email', () => addressOf(user, 'email'));
    const phone = answer.text('phone', () => addressOf(user, 'phone'));
    const locale = answer.text('locale', () => textOf(user, 'locale'));
    const username = answer.text('username', () => textOf(user, 'username') ?? email) ?? '';
    const federated = answer.flag('federated', () => own('federated') === true);
    return {
      id,
      name: cutText(answer.text('name', () => textOf(user, 'name')) ?? username, LONGEST_NAME),
      username,
      ...(email === undefined ? {} : { email }),
      ...(phone === undefined ? {} : { phone }),
      ...(locale === undefined ? {} : { locale }),
      organizationId: answer.organizationId(() => own('organizationId')) ?? 'default',
      federated,
      hasPassword: answer.flag('hasPassword', () => ownFlag(user, 'hasPassword') ?? !federated),
      mfaEnrolled: answer.flag('mfaEnrolled', () => own('mfaEnrolled') === true),
      active: answer.active(() => own('active') !== false),
    };
  }

  async function find(id: string): Promise<KnownUser | undefined> {
    const user = await users.findById(id);
    if (user === null || user === undefined) return undefined;
    const account = accountOf(user);
    if (account.id === id) return { user, account };
    advice.give(OTHER_FOUND, OTHER_FOUND);
    throw new MfaError('user-unavailable', OTHER_FOUND);
  }

  async function findEach(ids: readonly string[]): Promise<readonly User[]> {
    const found = await Promise.all(ids.map(async (id) => users.findById(id)));
    return found.filter((user) => user !== null && user !== undefined);
  }

  return {
    accountOf,
    find,
    async confirm(account) {
      if (isConfirmed) return true;
      isConfirmed = (await find(account.id)) !== undefined;
      if (!isConfirmed) advice.give(NOBODY_FOUND, NOBODY_FOUND);
      return isConfirmed;
    },
    async membershipsOf(account) {
      if (users.membershipsOf === undefined) return null;
      const user = usersOf.get(account) ?? (await users.findById(account.id));
      if (user === null || user === undefined) return null;
      return toMemberships(await users.membershipsOf(user));
    },
    noteSeveralOrganizations() {
      if (users.membershipsOf === undefined) advice.give('membershipsOf', MEMBERSHIPS_UNKNOWN);
    },
    async findMany(ids) {
      const found = users.findByIds === undefined ? await findEach(ids) : await users.findByIds(ids);
      const accounts = found.map((user) => accountOf(user));
      // Ignore users that were not requested.
      const requested = new Set(ids);
      const known = accounts.filter(({ id }) => requested.has(id));
      if (known.length < accounts.length) advice.give('findByIds', OTHERS_FOUND);
      const [first] = ids;
      // No user was found: they may be deleted, or the table compares text with numbers.
      if (users.findByIds !== undefined && accounts.length === 0 && first !== undefined) {
        if ((await find(first)) !== undefined) advice.give('findByIds', NONE_OF_MANY_FOUND);
      }
      return new Map(known.map((account) => [account.id, account]));
    },
    async list(request) {
      if (users.list === undefined) {
        throw new MfaError(
          'user-unavailable',
          'users.list is missing. The administrators’ pages list people by users.list: add it to `users`.',
        );
      }
      const { users: found, nextCursor } = await users.list(request);
      const accounts = found.map((user) => accountOf(user));
      return nextCursor === undefined ? { accounts } : { accounts, nextCursor };
    },
    async count(organizationId) {
      return users.count?.(organizationId);
    },
    maySignIn: async (user, req) => isHostUser(user) && (await users.maySignIn?.(user, req)) === true,
    async noteEnrolled(id, enrolled) {
      await users.noteEnrolled?.(id, enrolled);
    },
  };
}

function ownFlag(user: object, name: string): boolean | undefined {
  const value: unknown = Reflect.get(user, name);
  return typeof value === 'boolean' ? value : undefined;
}

const AS_TEXT =
  'Ids are passed as text, even if your table has numbers: compare them as text, such as rows.find((user) => String(user.id) === id).';

const MEMBERSHIPS_UNKNOWN =
  'A person changed from one organization to another, but users.membershipsOf is missing. Write users: { membershipsOf: (user) => ["acme", "globex"] }, so that an administrator of one organization cannot remove the factors that protect another.';

export const NOBODY_FOUND = `users.findById does not find the user that \`verify\` has just returned, so this person cannot pass the second factor. ${AS_TEXT}`;

const OTHER_FOUND = `users.findById returned another user than the requested one, so the result is refused. ${AS_TEXT} If you pass \`userId\`, check it too.`;

const OTHERS_FOUND = `users.findByIds returned users that were not requested; they are ignored. ${AS_TEXT}`;

const NONE_OF_MANY_FOUND = `users.findByIds does not find people that users.findById finds. ${AS_TEXT}`;
/** An invalid answer must not count as "in no other organization". */
function toMemberships(found: unknown): readonly string[] {
  const ids: readonly unknown[] = Array.isArray(found) ? found : [undefined];
  return ids.map((id) => {
    const text = hostIdText(id);
    if (text !== null) return text;
    throw new MfaError(
      'user-unavailable',
      'users.membershipsOf must return a list of organization ids, such as ["acme", "globex"].',
    );
  });
}

/** An address that the host marks as unverified gets no codes and no notices. */
function addressOf(user: object, name: 'email' | 'phone'): string | undefined {
  return Reflect.get(user, `${name}Verified`) === false ? undefined : textOf(user, name);
}

function textOf(user: object, name: string): string | undefined {
  const value: unknown = Reflect.get(user, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The host's user table, for the flows. */
export interface Directory {
  /** Calls `users.noteEnrolled`, if the host has it. Flows use {@link FlowContext.enrollmentNotes}, which repeats failed calls. */
  noteEnrolled(id: string, enrolled: boolean): Promise<void>;
  find(id: string): Promise<KnownUser | undefined>;
  /** Whether the table finds a person who has just signed in. Called until it succeeds once. */
  confirm(account: Account): Promise<boolean>;
  /** The organizations of the person; null without `users.membershipsOf`. */
  membershipsOf(account: Account): Promise<readonly string[] | null>;
  /** Called for a person in more than one organization. Advises the host once to add `users.membershipsOf`. */
  noteSeveralOrganizations(): void;
  /** The accounts that the table knows, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Account>>;
  /** A page of an organization's people, in the order of the table. Rejects without `users.list`. */
  list(request: {
    readonly organizationId: string;
    readonly query?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<{ readonly accounts: readonly Account[]; readonly nextCursor?: string }>;
  /** Undefined without `users.count`. */
  count(organizationId: string): Promise<number | undefined>;
  accountOf(user: Express.User): Account;
  /** Whether the host allows the person to sign in without a password. False without `users.maySignIn`. */
  maySignIn(user: Express.User, req: Request): Promise<boolean>;
}

/** The host's user, and the account read from it. */
export interface KnownUser {
  readonly user: Express.User;
  readonly account: Account;
}
