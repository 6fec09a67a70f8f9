import { joinAdministrators } from '../../../src/flows/admin/admin-authority';
import type { Account } from '../../../src/options/ports';

const account = (id: string): Account => ({
  id,
  name: id,
  username: id,
  organizationId: 'acme',
  hasPassword: true,
  federated: false,
  mfaEnrolled: false,
  active: true,
});

describe('the administrators of several admin routers', () => {
  it('are joined, and each person is named once', async () => {
    const joined = joinAdministrators([
      async () => [account('ada'), account('grace')],
      async () => [],
      async () => [account('ada'), account('alan')],
    ]);
    expect((await joined('acme')).map(({ id }) => id)).toEqual(['ada', 'grace', 'alan']);
  });

  it('may be added after the join', async () => {
    const sources = [async () => [account('ada')]];
    const joined = joinAdministrators(sources);
    sources.push(async () => [account('alan')]);
    expect((await joined('acme')).map(({ id }) => id)).toEqual(['ada', 'alan']);
  });
});
