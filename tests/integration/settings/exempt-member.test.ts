import { visit } from '../../support/member';
import { createSettingsPortal, giveApp, giveRecoveryCodes, nextCode } from '../../support/own-factors';
import { textOf } from '../../support/page-text';

describe('an exempt member who has an app', () => {
  async function exemptAda() {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const until = portal.clock.now() + 86_400_000;
    const named = { userId: 'ada', organizationId: 'acme', actorId: 'mary' };
    await portal.mfa.members.exempt(named, { reason: 'The phone is on its way', until });
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'signed-in', because: 'exempt' });
    return { portal, app, ada, code: () => nextCode(portal, app) };
  }

  it('adds a method after a fresh proof, which is asked where it can be given', async () => {
    const { ada, code } = await exemptAda();
    const asked = await ada.get('/mfa/enroll');
    expect(asked.headers['location']).toBe('/mfa/step-up?returnTo=%2Fmfa%2Fenroll');
    expect(textOf((await ada.follow(asked)).text)).toContain('Enter the code from your app');
    const proven = await ada.post('/mfa/step-up', { code: code(), returnTo: '/mfa/enroll' });
    expect(textOf((await ada.follow(proven)).text)).toContain('Add a sign-in method');
    expect((await ada.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });

  it('has what was asked in the settings done after that proof', async () => {
    const { portal, ada, app, code } = await exemptAda();
    const asked = await ada.post(`/mfa/settings/authenticators/${app.id}/rename`, { label: 'Old phone' });
    const [path, query] = String(asked.headers['location']).split('?');
    expect(path).toBe('/mfa/step-up');
    const returnTo = new URLSearchParams(query).get('returnTo');
    await ada.post('/mfa/step-up', { code: code(), returnTo });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ label }) => label)).toEqual(['Old phone']);
  });

  it('changes a method that is no longer allowed, before setting up one that is', async () => {
    const { portal, ada, app, code } = await exemptAda();
    await portal.mfa.policies.save('acme', { methods: ['sms', 'email'] });
    await ada.postJson('/mfa/step-up', { code: code() });
    const path = `/mfa/settings/authenticators/${app.id}/rename`;
    expect((await ada.postJson(path, { label: 'Old app' })).body).toMatchObject({ outcome: 'renamed' });
  });

  it('is told in JSON which step that is', async () => {
    const { ada } = await exemptAda();
    const step = { outcome: 'challenge', because: 'authentication-too-old' };
    expect((await ada.postJson('/mfa/enroll/totp')).body).toEqual({ ...step, next: '/mfa/step-up' });
    expect((await ada.postJson('/mfa/settings/recovery-codes')).body).toEqual({
      ...step,
      next: '/mfa/step-up',
    });
    expect((await ada.getJson('/mfa/step-up')).body).toMatchObject({ ...step, next: '/mfa/step-up' });
  });
});
