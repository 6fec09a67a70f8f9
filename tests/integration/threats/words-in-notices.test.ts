import { createSettingsPortal, giveApp, signInWithApp } from '../../support/own-factors';
import { totpCode } from '../../support/totp';

// The attack: somebody who got into an account has the site itself write to its owner. Everything that a visitor chooses and
// a notice repeats is tried: the name of a method, the name of the person, the browser.

const LURE = 'Your account is blocked, visit https://evil.example/unlock or write to help@evil.example';
const HEADERS = { 'user-agent': 'Visit evil.example/1.0 (X11; Linux x86_64)' };

describe('a notice', () => {
  it('repeats no link, address or long text that a visitor chose', async () => {
    const portal = await createSettingsPortal();
    portal.users.set('ada', {
      ...portal.users.get('ada'),
      id: 'ada',
      username: 'ada',
      password: 'correct horse battery staple',
      name: 'Blocked! Visit https://evil.example/ada',
    });
    const app = await giveApp(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    const { totp } = (await ada.postJson('/mfa/enroll/totp')).body;
    const code = totpCode(totp.secret, portal.clock.now());
    await ada.postJson('/mfa/enroll/totp/confirm', { code, label: LURE }, HEADERS);
    await ada.postJson('/mfa/settings/authenticators/' + app.id + '/rename', { label: LURE }, HEADERS);
    await ada.postJson('/mfa/settings/authenticators/' + app.id + '/remove', {}, HEADERS);
    await portal.mfa.settled();
    const mails = portal.outbox.messages.filter(({ to }) => to === 'ada@acme.example');
    expect(mails.length).toBeGreaterThanOrEqual(2);
    for (const { text, subject } of mails) expect(`${subject} ${text}`).not.toMatch(/evil|help@|https?:/);
    expect(mails.at(-1)?.text).toContain(
      'The authenticator app “Your account is blocked visit…” was removed',
    );
  });
});
