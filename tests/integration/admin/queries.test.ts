import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { parse } from './csv-reader';

const ACME = '/admin/mfa/acme';

let host: AdminHost;
let agent: HttpAgent;

beforeAll(async () => {
  host = createAdminHost();
  ({ agent } = await signInProtected(host, 'ada'));
});

describe('what an address asks for', () => {
  it.each([
    ['/members?limit=201', 400],
    ['/members?limit=200', 200],
    ['/members?limit=1e2', 400],
    ['/members?limit=1.5', 400],
    ['/members?limit=0x10', 400],
    ['/members.csv?filter=everyone', 400],
    ['/events?limit=0', 400],
    ['/events?limit=201', 400],
    ['/events?name=nothing', 400],
    ['/events?name=signed-in', 200],
    ['/events?name=signed-in&name=signed-in', 400],
    ['/events.csv?name=nothing', 400],
  ])('is answered plainly: %s by %i', async (path, status) => {
    expect((await agent.getJson(`${ACME}${path}`)).status).toBe(status);
    expect((await agent.get(`${ACME}${path}`)).status).toBe(status);
    expect(host.errors).toEqual([]);
  });

  it.each([
    ['/members?q=', 100],
    ['/events?user=', 200],
  ])('is shown and looked for no longer than it may be: %s', async (path, longest) => {
    const { text, status } = await agent.get(`${ACME}${path}${'x'.repeat(longest + 1)}`);
    expect(status).toBe(200);
    expect(text).toContain('x'.repeat(longest));
    expect(text).not.toContain('x'.repeat(longest + 1));
  });
});

describe('a downloaded table', () => {
  it.each(['\u0001=cmd()', '\r\n=cmd()', ' =cmd()', '\u007f\u0000+cmd()', '=cmd()'])(
    'has %j as text, whatever a formula hides behind',
    async (name) => {
      host.users.set('mallory', { id: 'mallory', name, organizationId: 'acme' });
      const rows = parse((await agent.get(`${ACME}/members.csv`)).text);
      const [, shown] = rows.find(([id]) => id === 'mallory') ?? [];
      expect(shown).toMatch(/^'[=+]cmd/);
    },
  );

  it('has a name that is safe in a header and on a disk', async () => {
    const id = 'ac"me/..\\x\r\n';
    host.administrators.set('ada', ['acme', id]);
    const { headers } = await agent.get(`/admin/mfa/${encodeURIComponent(id)}/events.csv`);
    expect(headers['content-disposition']).toBe('attachment; filename=events-ac-me-x-.csv');
    host.administrators.set('ada', ['acme']);
  });
});
