import type { Directory } from './flows/context';
import { MfaError } from './errors';
import type { ResolvedOptions } from './options';
import type { Account } from './ports';

/**
 * The host's user table as the flows see it. What a user's own fields say by the usual names is read from there; the
 * host's `account` option overrides each.
 */
export function createDirectory<User extends Express.User>(options: ResolvedOptions<User>): Directory {
  const { users, userId } = options;

  function accountOf(user: Express.User): Account {
    // Passport's type says nothing about the user; it is what the host's own callbacks returned.
    const own = user as User;
    const given = options.account(own);
    const text = (name: string): string | undefined =>
      given[name as keyof Account] === undefined ? textOf(user, name) : undefined;
    const email = given.email ?? text('email');
    const phone = given.phone ?? text('phone');
    const username = given.username ?? text('username') ?? email ?? '';
    return {
      id: userId(own),
      name: given.name ?? text('name') ?? username,
      username,
      ...(email === undefined ? {} : { email }),
      ...(phone === undefined ? {} : { phone }),
      organizationId: given.organizationId ?? text('organizationId') ?? 'default',
      federated: given.federated ?? readField(user, 'federated') === true,
      hasPassword: given.hasPassword ?? !(given.federated ?? readField(user, 'federated') === true),
      mfaEnrolled: given.mfaEnrolled ?? readField(user, 'mfaEnrolled') === true,
      active: given.active ?? readField(user, 'active') !== false,
    };
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
    async noteEnrolled(id, enrolled) {
      await users.noteEnrolled?.(id, enrolled);
    },
  };
}

function readField(user: object, name: string): unknown {
  return Reflect.get(user, name);
}

function textOf(user: object, name: string): string | undefined {
  const value = readField(user, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
