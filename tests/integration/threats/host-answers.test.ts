import { createAdminHost, signIn } from '../../support/admin-host';
import { createPortal } from '../../support/portal';
import { visit } from '../../support/member';

// A function of the host's that forgets to answer, or answers with something else, must not read as "this organization has no MFA"
// or as an organization that is another one's.

const answers: [name: string, answer: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'no'],
  ['a number', 0],
];

describe.each(answers)('featureAvailable that answers with %s', (_name, answer) => {
  const atOnce = () => answer as boolean;
  const later = async () => answer as boolean;

  it.each([atOnce, later])('lets nobody in: %p', async (featureAvailable) => {
    const portal = createPortal({ featureAvailable });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    expect((await visit(portal).logIn('mary')).status).toBe(500);
    expect(portal.errors.at(-1)).toMatchObject({ name: 'ConfigurationError', option: 'featureAvailable' });
  });
});

describe('organizationsOf', () => {
  it.each([
    ['nothing', undefined],
    ['one organization', { id: 'acme', name: 'Acme' }],
    ['an id without text', [{ id: { acme: true }, name: 'Acme' }]],
    ['an empty id', [{ id: '', name: 'Acme' }]],
    ['no name', [{ id: 'acme' }]],
    ['a text for a switch', [{ id: 'acme', name: 'Acme', featureAvailable: 'no' }]],
  ])('shows nothing where it answers with %s', async (_name, answer) => {
    const host = createAdminHost({ admin: { organizationsOf: () => answer as [] } });
    const agent = await signIn(host, 'ada');
    const answered = await agent.getJson('/admin/mfa');
    expect(answered.status).toBe(500);
    expect(answered.text).not.toContain('acme');
    expect(host.errors.at(-1)).toMatchObject({ option: 'adminPages.organizationsOf' });
  });

  it('may give ids of a database', async () => {
    const id = { toString: () => 'acme' };
    const host = createAdminHost({ admin: { organizationsOf: () => [{ id: Object(id), name: 'Acme' }] } });
    const { body } = await (await signIn(host, 'ada')).getJson('/admin/mfa');
    expect(body.organizations).toMatchObject([{ id: 'acme' }]);
  });
});
