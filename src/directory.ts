import { AccountAnswer } from './account-answer';
import { MfaError } from './errors';
import type { Directory } from './flows/context';
import type { ResolvedOptions } from './options';
import type { Account } from './ports';

/**
 * The host's user table as the flows see it. What a user's own fields say by the usual names is read from there, where the host's
 * `account` option does not name it.
 */
export function createDirectory<User extends Express.User>(options: ResolvedOptions<User>): Directory {
  const { users, userId } = options;

  /** Passport's type says nothing of the user; it is what the host's own callbacks returned. */
  const isHostUser = (user: Express.User): user is User => typeof user === 'object' && user !== null;

  function accountOf(user: Express.User): Account {
    if (!isHostUser(user)) throw new MfaError('user-unavailable', 'req.user is not an object.');
    const said = new AccountAnswer(options.account(user));
    const own = (name: string): unknown => Reflect.get(user, name);
    const id = userId(user);
    said.requireId(id);
    const email = said.text('email', () => addressOf(user, 'email'));
    const phone = said.text('phone', () => addressOf(user, 'phone'));
    const username = said.text('username', () => textOf(user, 'username') ?? email) ?? '';
    const federated = said.flag('federated', () => own('federated') === true);
    return {
      id,
      name: said.text('name', () => textOf(user, 'name')) ?? username,
      username,
      ...(email === undefined ? {} : { email }),
      ...(phone === undefined ? {} : { phone }),
      organizationId: said.organizationId(() => own('organizationId')) ?? 'default',
      federated,
      hasPassword: said.flag('hasPassword', () => ownFlag(user, 'hasPassword') ?? !federated),
      mfaEnrolled: said.flag('mfaEnrolled', () => own('mfaEnrolled') === true),
      active: said.active(() => own('active') !== false),
    };
  }

  async function findEach(ids: readonly string[]): Promise<readonly User[]> {
    const found = await Promise.all(ids.map(async (id) => users.findById(id)));
    return found.filter((user) => user !== null && user !== undefined);
  }

  return {
    accountOf,
    async find(id) {
      const user = await users.findById(id);
      if (user === null || user === undefined) return undefined;
      const account = accountOf(user);
      if (account.id !== id) {
        throw new MfaError(
          'user-unavailable',
          'users.findById answered with another user than the one asked for.',
        );
      }
      return { user, account };
    },
    async findMany(ids) {
      const found = users.findByIds === undefined ? await findEach(ids) : await users.findByIds(ids);
      const accounts = found.map((user) => accountOf(user));
      // A table that answers with somebody who was not asked for is not believed.
      const asked = new Set(ids);
      return new Map(accounts.filter(({ id }) => asked.has(id)).map((account) => [account.id, account]));
    },
    async list(request) {
      if (users.list === undefined) {
        throw new MfaError(
          'user-unavailable',
          'The administrators’ pages list people by users.list, which this app does not give: add it to `users`.',
        );
      }
      const { users: found, nextCursor } = await users.list(request);
      const accounts = found.map((user) => accountOf(user));
      return nextCursor === undefined ? { accounts } : { accounts, nextCursor };
    },
    async count(organizationId) {
      return users.count?.(organizationId);
    },
    async noteEnrolled(id, enrolled) {
      await users.noteEnrolled?.(id, enrolled);
    },
  };
}

function ownFlag(user: object, name: string): boolean | undefined {
  const value: unknown = Reflect.get(user, name);
  return typeof value === 'boolean' ? value : undefined;
}

/** An address that the host itself calls unverified is nobody's proof, and no place for notices. */
function addressOf(user: object, name: 'email' | 'phone'): string | undefined {
  return Reflect.get(user, `${name}Verified`) === false ? undefined : textOf(user, name);
}

function textOf(user: object, name: string): string | undefined {
  const value: unknown = Reflect.get(user, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
