import { createDirectory } from '../../src/directory';
import { memoryRecords } from '../../src/stores/memory/memory-records';
import { memoryState } from '../../src/stores/memory/memory-state';
import { resolveOptions } from '../../src/options';
import { TEST_KEY } from '../support/portal';

interface HostUser {
  readonly id: number | string;
  readonly [field: string]: unknown;
}

function directoryOf(users: readonly HostUser[], account?: (user: HostUser) => object) {
  return createDirectory(
    resolveOptions<HostUser>({
      issuer: 'Acme',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      records: memoryRecords(),
      state: memoryState(),
      users: { findById: (id) => users.find((user) => String(user.id) === id) },
      ...(account === undefined ? {} : { account }),
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
