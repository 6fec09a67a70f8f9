import { toWellFormed } from '../../../src/core/text/typed-text';
import {
  createAdminHost,
  signInToChange,
  signInWithPlantedApp,
  type HostUser,
} from '../../support/admin-host';
import { createHttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { plantAddress, plantApp } from '../../support/planted';
import { readQrPath } from '../../support/qr-code';

// Names, addresses and labels are what people and hosts call things. None of them, however long or odd, may break a page, a mail, a
// text, a header, a QR code or an event.

const ODD: readonly (readonly [string, string])[] = [
  ['3,000 letters', 'x'.repeat(3000)],
  ['3,000 letters that are long once encoded', '漢'.repeat(3000)],
  ['emoji of many parts', '👩‍👩‍👧‍👦'.repeat(400)],
  ['one letter with 3,000 accents', `a${'\u0301'.repeat(3000)}`],
  ['half a character', 'Ada \ud800 Lovelace \udc00'],
  ['half a character at every place where it could be cut', '😀'.repeat(600)],
  ['control characters and line ends', 'Ada\r\nBcc: eve@evil.example\u0000\u001b[31m\u2028x'],
  ['signs that turn the direction', '\u202egnp.exe\u2066\u2067 Ada'],
  ['markup', '"><script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['percent signs', '%00%ff%zz%E0%A4%A'],
  ['colons and slashes', 'otpauth://totp/Evil:ada?secret=AAAA&issuer=Evil#x'],
  ['names of properties', '__proto__'],
  ['spaces', '   '],
];

function hostWith(user: Partial<HostUser>) {
  const host = createAdminHost();
  const base = { id: 'odd', name: 'Odd', email: 'odd@acme.example', organizationId: 'acme' };
  host.users.set('odd', { ...base, ...user });
  return host;
}

function expectShown(page: { readonly status: number; readonly text: string }): void {
  expect(page.status).toBe(200);
  expect(page.text).not.toContain('<script>alert');
  expect(page.text).not.toContain('<img src=x');
}

describe.each(ODD)('a person called %s', (_what, name) => {
  it('sets up an app by a code that a phone can scan', async () => {
    for (const user of [{ name }, { name, email: `${name}@acme.example` }]) {
      const host = hostWith(user);
      await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
      const agent = await signInToChange(host, 'odd');
      const { status, body } = await agent.postJson('/mfa/enroll/totp');
      expect([status, body.outcome]).toEqual([200, 'enrollment-started']);
      const { uri, secret } = body.totp as { uri: string; secret: string };
      expect(new URL(uri).searchParams.get('secret')).toBe(secret);
      expect(new URL(uri).searchParams.getAll('issuer')).toEqual(['Acme Portal']);
      expect(uri.length).toBeLessThan(500);
      const page = await agent.get('/mfa/enroll/totp');
      expectShown(page);
      expect(readQrPath(page.text)).toBe(uri);
      await host.mfa.close();
    }
  });

  it('sees every page of their own, and is told by mail what happens', async () => {
    const host = hostWith({ name });
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const { agent } = await signInWithPlantedApp(host, 'odd');
    const second = await plantAddress(host, 'odd', { kind: 'sms', destination: '+442079460018' });
    for (const path of ['/mfa/settings', '/mfa/sessions', '/mfa/enroll', '/'])
      expectShown(await agent.get(path));
    const removed = await agent.postJson(`/mfa/settings/authenticators/${second}/remove`);
    expect(removed.body).toMatchObject({ outcome: 'removed' });
    await host.mfa.settled();
    const mails = host.outbox.messages.filter(({ channel }) => channel === 'email');
    expect(mails.map(({ to }) => to)).toEqual(['odd@acme.example']);
    for (const { subject = '', text } of mails) {
      expect(subject).not.toMatch(/[\r\n]/);
      expect(text.length).toBeLessThan(5000);
    }
    expect(host.errors).toEqual([]);
    await host.mfa.close();
  });

  it('is listed, shown, exported and found by administrators', async () => {
    const host = hostWith({ name });
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const { agent } = await signInWithPlantedApp(host, 'ada');
    await plantApp(host, 'odd');
    const member = '/admin/mfa/acme/members/odd';
    expect((await agent.postJson(`${member}/reset`, { reason: name || 'x' })).status).toBe(
      name.trim() === '' ? 400 : 200,
    );
    for (const path of ['', '/members', '/members/odd', '/events', '/policy'])
      expectShown(await agent.get(`/admin/mfa/acme${path}`));
    const found = await agent.get(
      `/admin/mfa/acme/members?q=${encodeURIComponent(
        name
          .replaceAll(/\p{Cs}/gu, '')
          .slice(0, 40)
          .replaceAll(/\p{Cs}/gu, ''),
      )}`,
    );
    expect(found.status).toBe(200);
    for (const table of ['/members.csv', '/events.csv'])
      expect((await agent.get(`/admin/mfa/acme${table}`)).status).toBe(200);
    expect(host.errors).toEqual([]);
    await host.mfa.close();
  });
});

describe.each(ODD)('a visitor who types %s', (_what, username) => {
  it('is told that this is wrong, like everybody else', async () => {
    const host = hostWith({});
    const agent = createHttpAgent(host.app);
    const refused = await agent.postJson('/mfa/login', { username, password: 'wrong' });
    expect([refused.status, refused.body.because]).toEqual([401, 'wrong-credentials']);
    const page = await agent.post('/mfa/login', { username, password: 'wrong' });
    // A form may hold 10 KB.
    expect(page.status).toBe(encodeURIComponent(toWellFormed(username)).length < 9000 ? 401 : 413);
    expect(page.text).not.toContain('<script>alert');
    await host.mfa.settled();
    expect(host.errors).toEqual([]);
    await host.mfa.close();
  });
});

describe.each(ODD)('an authenticator called %s', (_what, label) => {
  it('is renamed or refused, shown, and told of', async () => {
    const host = hostWith({});
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const { agent } = await signInWithPlantedApp(host, 'odd');
    const id = await plantAddress(host, 'odd', { kind: 'sms', destination: '+442079460018' });
    const renamed = await agent.postJson(`/mfa/settings/authenticators/${id}/rename`, { label });
    expect([200, 400]).toContain(renamed.status);
    const stored = (await host.records.findMember('odd', 'acme')).authenticators.find((own) => own.id === id);
    expect(stored?.label).not.toMatch(/\p{Cs}|\p{Cc}/u);
    expect(stored?.label.length).toBeLessThanOrEqual(60);
    expectShown(await agent.get('/mfa/settings'));
    expect((await agent.postJson(`/mfa/settings/authenticators/${id}/remove`)).status).toBe(200);
    await host.mfa.settled();
    expect(host.outbox.messages.map(({ text }) => text).join('\n')).not.toContain('\ufffd\ufffd');
    expect(host.errors).toEqual([]);
    await host.mfa.close();
  });
});

describe.each(ODD)('a browser that calls itself %s', (_what, name) => {
  it('is listed among the sessions', async () => {
    const host = hostWith({});
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const userAgent = name.replaceAll(/[^\u0020-\u00ff]/g, '?');
    const { agent } = await signInWithPlantedApp(host, 'odd');
    await agent.get('/mfa/sessions', { 'user-agent': userAgent });
    await agent.postJson('/mfa/logout', {}, { 'user-agent': userAgent });
    await agent.postJson('/mfa/login', { username: 'odd', password: 'wrong' }, { 'user-agent': userAgent });
    expect(host.errors).toEqual([]);
    await host.mfa.close();
  });
});

describe('an organization with an odd name', () => {
  it.each(ODD)('%s: is administered like any other', async (_what, name) => {
    const host = createAdminHost({
      admin: {
        organizationsOf: () => [
          { id: 'acme', name },
          { id: 'b', name },
        ],
      },
    });
    const agent = await signInToChange(host, 'ada');
    for (const path of ['', '/acme', '/acme/members', '/acme/disable'])
      expectShown(await agent.get(`/admin/mfa${path}`));
    expect(textOf((await agent.get('/admin/mfa')).text).length).toBeGreaterThan(10);
    await host.mfa.close();
  });
});
