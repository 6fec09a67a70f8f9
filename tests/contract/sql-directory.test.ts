import { createMfa, memoryStores, type UserDirectory } from 'express-mfa';
import { Pool } from 'pg';
import { codeIn } from '../support/docs';
import { TEST_KEY } from '../support/portal';
import { createPostgresDatabase } from '../support/postgres-database';

interface User {
  readonly id: string;
  readonly mfaEnrolled: boolean;
}

describe('the user table in SQL of docs/administrators.md', () => {
  let pool: Pool;
  let users: Required<Omit<UserDirectory<User>, 'membershipsOf'>>;

  beforeAll(async () => {
    pool = new Pool({ connectionString: await createPostgresDatabase() });
    await pool.query(
      'CREATE TABLE users (id text PRIMARY KEY, username text, name text, email text, phone text, organization_id text, mfa_enrolled boolean DEFAULT false)',
    );
    for (const [id, organizationId] of [
      ['ada', 'acme'],
      ['alan', 'acme'],
      ['mary', 'acme'],
      ['grace', 'globex'],
    ])
      // oxlint-disable-next-line no-await-in-loop
      await pool.query('INSERT INTO users VALUES ($1, $1, $1, $2, NULL, $3)', [
        id,
        `${id}@${organizationId}.example`,
        organizationId,
      ]);
    const [code = ''] = codeIn('docs/administrators.md', 'A user table in SQL');
    // oxlint-disable-next-line typescript/no-implied-eval
    users = new Function('pool', `${code}\nreturn users;`)(pool) as typeof users;
  });
  afterAll(() => pool.end());

  it('lists the members of an organization page by page, and finds them by a part of the address', async () => {
    const mfa = createMfa<User & Express.User>({
      issuer: 'Acme',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      ...memoryStores(),
      users,
    });
    const idsOf = ({ members }: { readonly members: readonly { readonly id: string }[] }) =>
      members.map(({ id }) => id);
    const first = await mfa.members.list({ organizationId: 'acme', limit: 2 });
    const rest = await mfa.members.list({
      organizationId: 'acme',
      limit: 2,
      ...(first.nextCursor === undefined ? {} : { cursor: first.nextCursor }),
    });
    expect([idsOf(first), idsOf(rest), rest.nextCursor]).toEqual([['ada', 'alan'], ['mary'], undefined]);
    const found = await mfa.members.list({ organizationId: 'acme', query: 'MARY@' });
    expect(idsOf(found)).toEqual(['mary']);
    await mfa.close();
  });

  it('counts members, finds people and notes who has enrolled', async () => {
    expect(await users.count('acme')).toBe(3);
    await users.noteEnrolled('ada', true);
    expect(await users.findById('ada')).toMatchObject({ id: 'ada', mfaEnrolled: true });
    expect(await users.findById('nobody')).toBeUndefined();
    expect((await users.findByIds(['alan', 'grace', 'nobody'])).map(({ id }) => id)).toEqual([
      'alan',
      'grace',
    ]);
  });
});
