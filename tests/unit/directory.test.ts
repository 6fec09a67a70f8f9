import { createDirectory } from '../../src/options/directory';
import { resolveOptions } from '../../src/options/resolve-options';
import { memoryState } from '../../src/stores/memory/memory-stores';
import { TEST_KEY } from '../support/portal';
import { memoryRecords } from '../support/records';

interface HostUser {
  readonly id: number | string;
  readonly [field: string]: unknown;
}

function directoryOf(users: readonly HostUser[], account?: (user: HostUser) => unknown) {
  return createDirectory(
    resolveOptions<HostUser>({
      issuer: 'Acme',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      records: memoryRecords(),
      state: memoryState(),
      onError: () => undefined,
      users: { findById: (id) => users.find((user) => String(user.id) === id) },
      // Hosts written in JavaScript answer with anything.
      ...(account === undefined ? {} : { account: account as (user: HostUser) => object }),
    }),
  );
}

describe('what is read from the host’s users', () => {
  it('takes the usual fields, with ids as text', () => {
    const ada = { id: 7, name: 'Ada', email: 'ada@acme.example', phone: '+442079460018', organizationId: 3 };
    expect(directoryOf([]).accountOf(ada)).toEqual({
      id: '7',
      name: 'Ada',
      username: 'ada@acme.example',
      email: 'ada@acme.example',
      phone: '+442079460018',
      organizationId: '3',
      federated: false,
      hasPassword: true,
      mfaEnrolled: false,
      active: true,
    });
  });

  it('puts everybody without an organization into the default one', () => {
    expect(directoryOf([]).accountOf({ id: 1, username: 'bob' })).toMatchObject({
      name: 'bob',
      username: 'bob',
      organizationId: 'default',
    });
  });

  it('leaves out addresses that the host calls unverified', () => {
    const account = directoryOf([]).accountOf({
      id: 1,
      email: 'a@b.example',
      emailVerified: false,
      phone: '+1',
      phoneVerified: false,
    });
    expect(account.email).toBeUndefined();
    expect(account.phone).toBeUndefined();
  });

  it('lets the account option say otherwise', () => {
    const directory = directoryOf([], () => ({ name: 'Director', federated: true, organizationId: 'acme' }));
    expect(directory.accountOf({ id: 1, name: 'Ada' })).toMatchObject({
      name: 'Director',
      federated: true,
      hasPassword: false,
      organizationId: 'acme',
    });
  });

  it.each([
    ['whoever is not federated', { id: 1 }, {}, true],
    ['nobody who is', { id: 1, federated: true }, {}, false],
    ['whom the user’s own field says', { id: 1, federated: true, hasPassword: true }, {}, true],
    ['not whom the user’s own field says', { id: 1, hasPassword: false }, {}, false],
    ['whom the account option says', { id: 1, hasPassword: false }, { hasPassword: true }, true],
    ['not whom the account option says', { id: 1, hasPassword: true }, { hasPassword: false }, false],
    ['whoever has a field that says neither', { id: 1, hasPassword: 'no' }, {}, true],
  ])('knows who has a password: %s', (_who, user, said, hasPassword) => {
    expect(directoryOf([], () => said).accountOf(user).hasPassword).toBe(hasPassword);
  });

  it('refuses a table that answers with another user', async () => {
    const directory = createDirectory(
      resolveOptions<HostUser>({
        issuer: 'Acme',
        baseUrl: 'http://localhost',
        keys: [TEST_KEY],
        records: memoryRecords(),
        state: memoryState(),
        users: { findById: () => ({ id: 'eve' }) },
      }),
    );
    await expect(directory.find('ada')).rejects.toMatchObject({ code: 'user-unavailable', status: 503 });
  });
});

describe('what the account option names', () => {
  const ada = {
    id: 1,
    name: 'Ada',
    username: 'ada',
    email: 'ada@acme.example',
    phone: '+442079460018',
    organizationId: 'acme',
    federated: true,
    mfaEnrolled: true,
    active: false,
  };
  const accountOf = (said: unknown) => directoryOf([], () => said).accountOf(ada);

  it.each([undefined, null, ''])('is final where it is %p: the user’s own field is not read', (none) => {
    expect(accountOf({ email: none }).email).toBeUndefined();
    expect(accountOf({ phone: none }).phone).toBeUndefined();
    expect(accountOf({ username: none }).username).toBe('');
    expect(accountOf({ name: none }).name).toBe('ada');
    expect(accountOf({ name: none, username: none }).name).toBe('');
    expect(accountOf({ organizationId: none }).organizationId).toBe('default');
  });

  it.each([undefined, null])('is off where a switch is %p', (none) => {
    const { federated, mfaEnrolled, hasPassword } = accountOf({
      federated: none,
      mfaEnrolled: none,
      hasPassword: none,
    });
    expect({ federated, mfaEnrolled, hasPassword }).toEqual({
      federated: false,
      mfaEnrolled: false,
      hasPassword: false,
    });
  });

  it('shows no withheld address as the username', () => {
    const { username, name, email } = directoryOf([], () => ({ email: null })).accountOf({
      id: 1,
      email: 'ada@acme.example',
    });
    expect({ username, name, email }).toEqual({ username: '', name: '', email: undefined });
  });

  it('leaves what it does not name to the user’s own fields', () => {
    const named = accountOf({ email: undefined });
    expect(named).toMatchObject({
      name: 'Ada',
      username: 'ada',
      phone: '+442079460018',
      organizationId: 'acme',
      federated: true,
      mfaEnrolled: true,
      active: false,
    });
  });

  it('counts where it is inherited', () => {
    class Person {
      get email() {
        return null;
      }
    }
    expect(accountOf(new Person()).email).toBeUndefined();
  });

  it.each([
    ['account.active', { active: undefined }],
    ['account.active', { active: null }],
    ['account.active', { active: 1 }],
    ['account.federated', { federated: 'false' }],
    ['account.hasPassword', { hasPassword: 'c2NyeXB0' }],
    ['account.email', { email: ['ada@acme.example'] }],
    ['account.phone', { phone: 442_079_460_018 }],
    ['account.name', { name: { first: 'Ada' } }],
    ['account.organizationId', { organizationId: { id: 'acme' } }],
    ['account.organizationId', { organizationId: Number.NaN }],
    ['account.id', { id: 2 }],
    ['account', undefined],
    ['account', 'ada@acme.example'],
    ['account', Promise.resolve({ email: null })],
  ])('is refused by %s where it is %p', (option, said) => {
    expect(() => accountOf(said)).toThrow(expect.objectContaining({ name: 'ConfigurationError', option }));
  });

  it('may repeat the id', () => {
    expect(accountOf({ ...ada, id: '1' }).id).toBe('1');
  });
});

describe('the organization of a user', () => {
  const organizationOf = (organizationId: unknown) =>
    directoryOf([]).accountOf({ id: 1, organizationId }).organizationId;

  it('is the text of a database id', () => {
    expect(organizationOf({ toString: () => '65f1c0ffee' })).toBe('65f1c0ffee');
    expect(organizationOf(7n)).toBe('7');
  });

  it.each([undefined, null, ''])('is the default one where there is %p', (none) => {
    expect(organizationOf(none)).toBe('default');
  });

  it.each([{ id: 'acme' }, ['acme'], true, Number.NaN])(
    'is refused where it is %p, since the default one may have no rules',
    (odd) => {
      expect(() => organizationOf(odd)).toThrow(
        expect.objectContaining({ option: 'account.organizationId' }),
      );
    },
  );
});
