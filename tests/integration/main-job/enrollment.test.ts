import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

describe('setting up a factor', () => {
  it('forgives any number of wrong codes of an app, whose secret is on the screen', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const ada = visit(portal);
    await ada.logIn('ada');
    const started = await ada.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, portal.clock.now());
    for (let tries = 0; tries < 7; tries += 1) {
      const wrong = await ada.postJson('/mfa/enroll/totp/confirm', { code: wrongCode(code) });
      expect(wrong.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
    }
    const right = await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(right.body).toMatchObject({ outcome: 'enrolled' });
  });

  it('takes no code for a secret that was shown too long ago', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const ada = visit(portal);
    await ada.logIn('ada');
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: PASSWORD });
    const started = await ada.postJson('/mfa/enroll/totp');
    portal.clock.advance(600_000);
    await ada.postJson('/mfa/step-up', { password: PASSWORD });
    const code = totpCode(started.body.totp.secret, portal.clock.now());
    const late = await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(late.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    expect(await portal.mfa.authenticators.list('ada')).toEqual([]);
  });

  it('stops after five guesses at a sent code, and leaves the session as it is', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const ada = visit(portal);
    await ada.logIn('ada');
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: PASSWORD });
    await ada.postJson('/mfa/enroll/email', { email: 'other@acme.example' });
    const code = ada.newestCode('other@acme.example');
    for (let tries = 0; tries < 5; tries += 1) {
      await ada.postJson('/mfa/enroll/email/confirm', { code: wrongCode(code) });
    }
    const page = await ada.post('/mfa/enroll/email/confirm', { code });
    expect(page.text).toContain('You entered too many wrong codes. Wait ten minutes, then start again.');
    expect((await ada.getJson('/whoami')).body).toMatchObject({ authenticated: true, id: 'ada' });
    expect(await portal.mfa.authenticators.list('ada')).toEqual([]);
  });
});
