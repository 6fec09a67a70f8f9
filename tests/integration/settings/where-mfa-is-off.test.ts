import { visit } from '../../support/member';
import { textOf } from '../../support/page-text';
import { createPortal } from '../../support/portal';

describe('a member of an organization with MFA off', () => {
  it.each([
    ['that has it switched off', {}],
    ['that does not have the feature', { featureAvailable: () => false }],
  ])('%s reads why there are no settings', async (_which, options) => {
    const portal = createPortal(options);
    const ada = visit(portal);
    await ada.logIn('ada');
    for (const path of ['/mfa/settings', '/mfa/enroll', '/mfa/enroll/totp']) {
      const page = await ada.get(path);
      expect(page.status).toBe(404);
      expect(textOf(page.text)).toContain('Your organization doesn’t use multi-factor authentication');
      expect(textOf(page.text)).not.toContain('mistyped');
    }
    expect((await ada.getJson('/mfa/settings')).body).toMatchObject({ because: 'not-found' });
    await portal.mfa.close();
  });
});
