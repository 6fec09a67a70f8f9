import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { createPortal } from '../../support/portal';

// A browser is trusted for a login by the strongest factor, and its trust is used up by nothing but a challenge.

const WANTED = { rememberBrowser: true };
const BOX = 'name="rememberBrowser"';

async function world() {
  const portal = createPortal();
  const policy = { enabled: true, enrollment: 'required', rememberBrowserSeconds: 30 * 86_400 } as const;
  await portal.mfa.policies.save('acme', policy);
  const app = await giveApp(portal, 'ada');
  return { portal, app, browser: visit(portal) };
}

describe('a browser', () => {
  it('is not remembered by a proof in a session that the host began', async () => {
    const { portal, app, browser } = await world();
    await browser.post('/sso/ada');
    expect((await browser.get('/mfa/challenge')).text).not.toContain(BOX);
    const proven = await browser.postJson('/mfa/challenge', { code: app.nextCode(), ...WANTED });
    expect(proven.body.outcome).toBe('signed-in');
    expect(browser.cookie('mfa-browser')).toBeUndefined();
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
  });

  it('is not remembered, nor is it offered, by a weaker factor than the person has', async () => {
    const { portal, browser } = await world();
    const phone = '+442079460018';
    const bySms = await plantAddress(portal, 'ada', { kind: 'sms', destination: phone });
    await browser.logIn('ada');
    expect((await browser.get('/mfa/challenge')).text).toContain(BOX);
    await browser.postJson('/mfa/challenge/factor', { authenticatorId: bySms });
    expect((await browser.get('/mfa/challenge')).text).not.toContain(BOX);
    const code = browser.newestCode(phone);
    const proven = await browser.postJson('/mfa/challenge', { code, ...WANTED });
    expect(proven.body.outcome).toBe('signed-in');
    expect(browser.cookie('mfa-browser')).toBeUndefined();
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
  });

  it('that came while MFA was off has proven nothing when it is on again', async () => {
    const { portal, app, browser } = await world();
    await browser.logIn('ada');
    await browser.postJson('/mfa/challenge', { code: app.nextCode(), ...WANTED });
    await browser.postJson('/mfa/logout');
    await portal.mfa.policies.save('acme', { enabled: false });
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'signed-in', because: 'policy-off' });
    await portal.mfa.policies.save('acme', { enabled: true });
    expect((await browser.getJson('/')).body).toMatchObject({ outcome: 'challenge' });
    await browser.postJson('/mfa/logout');
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'signed-in', because: 'satisfied' });
  });
});
