import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';

const OVERVIEW = '/admin/mfa/acme';

describe('the chart of the overview', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
    await agent.get(OVERVIEW);
    await host.mfa.settled();
  });

  it('begins on the second day', async () => {
    const { text } = await agent.get(OVERVIEW);
    expect(text).toContain('No history yet. The chart starts tomorrow.');
    expect(text).not.toContain('express-mfa-chart.js');
  });

  it('has an axis, ends with the number of the tile, and stands in a table as well', async () => {
    await host.records.saveDailyCounts('acme', { day: '2026-01-05', members: 4, configured: 2 }, 400);
    const { text } = await agent.get(OVERVIEW);
    const said = textOf(text);
    expect(said).toContain('20% of 5 members protected');
    expect(said).toMatch(/last 11 days 20% on 15 Jan 2026 100% 50% 0% /);
    expect(said).toContain(' 5 Jan 2026 10 Jan 2026 15 Jan 2026 Show the numbers');
    expect(said).toMatch(/Share 15 Jan 2026 5 1 20% 5 Jan 2026 4 2 50% /);
    // 50 % at half the height, then down to 20 % of it.
    expect(text).toContain('class="chart-line" d="M0.0 90.0L900.0 140.4"');
    expect(text).toContain('express-mfa-chart.js');
  });
});
