import { visit } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  HOUR,
} from '../../support/own-factors';

/*
 * Somebody knows a password and stands before the challenge of a person who has a factor. If a factor could be added from
 * there, the second step would protect nobody.
 */
describe('enrollment from a login that has proven a password only', () => {
  async function thiefAtChallenge() {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const thief = visit(portal);
    await thief.logIn('ada');
    return { portal, app, thief };
  }

  it.each([
    ['/mfa/enroll/totp', {}],
    ['/mfa/enroll/totp/confirm', { code: '123456' }],
    ['/mfa/enroll/sms', { phone: '+447700900999' }],
    ['/mfa/enroll/sms/confirm', { code: '123456' }],
    ['/mfa/enroll/email', { email: 'thief@evil.example' }],
    ['/mfa/enroll/email/confirm', { code: '123456' }],
    ['/mfa/enroll/skip', {}],
    ['/mfa/settings/recovery-codes', {}],
  ])('is refused at POST %s', async (path, body) => {
    const { portal, app, thief } = await thiefAtChallenge();
    const refused = await thief.postJson(path, body);
    expect([401, 403]).toContain(refused.status);
    expect(refused.body.outcome).not.toBe('enrollment-started');
    expect((await thief.getJson('/whoami')).body.authenticated).toBe(false);
    const { authenticators, recoveryCodesLeft } = await portal.records.findMember('ada', 'acme');
    expect([authenticators.map(({ id }) => id), recoveryCodesLeft]).toEqual([[app.id], 10]);
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is refused when the policy is switched off in the middle of it', async () => {
    const { portal, app, thief } = await thiefAtChallenge();
    await portal.mfa.policies.save('acme', { enabled: false });
    const begun = await thief.postJson('/mfa/enroll/totp');
    expect(begun.body.outcome).not.toBe('enrollment-started');
    expect(begun.status).toBeGreaterThanOrEqual(400);
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ id }) => id)).toEqual([app.id]);
    expect((await thief.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('shows and changes no settings to one whose owner is exempted in the middle of it', async () => {
    const { portal, app, thief } = await thiefAtChallenge();
    const now = portal.clock.now();
    const exemption = { reason: 'Travels', grantedBy: 'root', grantedAt: now, until: now + HOUR };
    await portal.records.saveExemption('ada', 'acme', exemption);
    const page = await thief.getJson('/mfa/settings');
    expect([page.status, page.body.outcome]).toEqual([401, 'sign-in']);
    const removed = await thief.postJson(`/mfa/settings/authenticators/${app.id}/remove`);
    expect(removed.body.outcome).toBe('sign-in');
    expect((await portal.records.findMember('ada', 'acme')).authenticators).toHaveLength(1);
  });

  it.each([
    '/mfa/enroll',
    '/mfa/enroll/totp',
    '/mfa/enroll/sms',
    '/mfa/enroll/recovery-codes',
    '/mfa/settings',
  ])('shows nothing at GET %s', async (path) => {
    const { thief } = await thiefAtChallenge();
    const page = await thief.getJson(path);
    expect(JSON.stringify(page.body)).not.toMatch(/secret|recoveryCodes|authenticators/);
  });

  it('is refused to a session without a fresh proof of the strongest factor, however it began', async () => {
    const portal = await createSettingsPortal();
    await giveApp(portal, 'ada');
    await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@acme.example' });
    await giveRecoveryCodes(portal, 'ada');
    const thief = visit(portal);
    await thief.post('/sso/ada');
    const refused = await thief.postJson('/mfa/enroll/totp');
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
  });
});
