import { ConfigurationError } from '../core/errors';
import { hostIdText } from '../core/text/host-id';
import { describeAnswer, isOptions } from './option-check';
import type { Account } from './ports';

/**
 * The result of the host's `account` function for a user. If it has a key, the user's own field is not read, even if the value
 * is `undefined` or null: that is how a host withholds an address.
 */
export class AccountAnswer {
  readonly #given: object;

  /** @throws ConfigurationError for anything but an object, such as a promise. */
  constructor(given: unknown) {
    if (!isOptions(given)) {
      throw new ConfigurationError(
        'account',
        `${describeAnswer(given)}. It must answer with an object. Write account: (user) => ({ email: user.mail }).`,
      );
    }
    this.#given = given;
  }

  text(
    name: 'email' | 'phone' | 'username' | 'name' | 'locale',
    own: () => string | undefined,
  ): string | undefined {
    if (!(name in this.#given)) return own();
    const value = this.#read(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw refused(name, value, 'a text, or null for none');
  }

  organizationId(own: () => unknown): string | undefined {
    const named = 'organizationId' in this.#given;
    const value = named ? this.#read('organizationId') : own();
    if (value === undefined || value === null || value === '') return undefined;
    const id = hostIdText(value);
    if (id !== null) return id;
    // Falling back to `default` could leave the person without a policy.
    throw refused('organizationId', value, 'a text or a whole number, or null for none');
  }

  flag(name: 'federated' | 'hasPassword' | 'mfaEnrolled', own: () => boolean): boolean {
    if (!(name in this.#given)) return own();
    const value = this.#read(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw refused(name, value, 'true or false');
  }

  /** Null is refused: it could let in a deactivated user, or lock out all users. */
  active(own: () => boolean): boolean {
    if (!('active' in this.#given)) return own();
    const value = this.#read('active');
    if (typeof value === 'boolean') return value;
    throw refused('active', value, 'true or false, or left out');
  }

  /** The id comes from `userId` only: two ids would split one person into two. */
  requireId(id: string): void {
    if (!('id' in this.#given)) return;
    const value = this.#read('id');
    if (value === undefined || hostIdText(value) === id) return;
    throw new ConfigurationError(
      'account.id',
      'it differs from the id that userId returns. Write userId: (user) => user.uuid, and leave id out here.',
    );
  }

  #read(name: keyof Account): unknown {
    return Reflect.get(this.#given, name);
  }
}

function refused(name: keyof Account, value: unknown, allowed: string): ConfigurationError {
  return new ConfigurationError(
    `account.${name}`,
    `${describeAnswer(value)}. It must be ${allowed}. Write account: (user) => ({ ${name}: … }) with that.`,
  );
}
