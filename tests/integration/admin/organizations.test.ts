import { createAdminHost, signInToChange } from '../../support/admin-host';
import { textOf } from '../../support/page-text';

const names = ['Zürich', 'ACME', 'Initech', 'Globex', 'Umbrella', 'Hooli', 'Stark', 'Wayne', 'Acme Labs'];

describe('the choice of an organization', () => {
  const admin = { organizationsOf: () => names.map((name) => ({ id: name.toLowerCase(), name })) };

  it('is searched by name, in every case', async () => {
    const host = createAdminHost({ admin });
    const agent = await signInToChange(host, 'ada');
    const { body } = await agent.getJson('/admin/mfa?q=acme');
    expect(body).toMatchObject({ organizations: [{ name: 'ACME' }, { name: 'Acme Labs' }] });
    const page = await agent.get('/admin/mfa?q=ZÜR');
    expect(textOf(page.text)).toContain('in 9 organizations');
    expect(textOf(page.text)).toContain('Zürich');
    expect(textOf(page.text)).not.toContain('Initech');
    const none = await agent.get('/admin/mfa?q=nowhere');
    expect(textOf(none.text)).toContain('No organization has this name.');
  });

  it('has no search where all of them are seen at once', async () => {
    const few = { organizationsOf: () => admin.organizationsOf().slice(0, 3) };
    const host = createAdminHost({ admin: few });
    const agent = await signInToChange(host, 'ada');
    expect((await agent.get('/admin/mfa')).text).not.toContain('type="search"');
    const one = createAdminHost({ admin: { organizationsOf: () => admin.organizationsOf().slice(0, 1) } });
    const other = await signInToChange(one, 'ada');
    expect((await other.get('/admin/mfa?q=x')).headers['location']).toBe('/admin/mfa/z%C3%BCrich');
  });
});
