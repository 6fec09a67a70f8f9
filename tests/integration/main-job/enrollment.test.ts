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
    const portal = createPortal({ pendingLoginSeconds: 300 });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const ada = visit(portal);
    await ada.logIn('ada');
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: PASSWORD });
    const started = await ada.postJson('/mfa/enroll/totp');
    portal.clock.advance(300_000);
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

  it('gives no more guesses at a sent code to somebody who begins an app in between', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const ada = visit(portal);
    await ada.logIn('ada');
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: PASSWORD });
    await ada.postJson('/mfa/enroll/email', { email: 'other@acme.example' });
    const code = ada.newestCode('other@acme.example');
    for (let tries = 0; tries < 4; tries += 1)
      await ada.postJson('/mfa/enroll/email/confirm', { code: wrongCode(code) });
    await ada.postJson('/mfa/enroll/totp');
    portal.clock.advance(30_000);
    await ada.postJson('/mfa/enroll/email', { email: 'other@acme.example' });
    const wrong = { code: wrongCode(ada.newestCode('other@acme.example')) };
    const last = await ada.postJson('/mfa/enroll/email/confirm', wrong);
    expect(last.body).toMatchObject({ because: 'wrong-code', attemptsLeft: 0 });
  });
});

describe('a method that was taken out of the policy while it was set up', () => {
  it('is not bound', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const mary = visit(portal);
    await mary.logIn('mary');
    await mary.postJson('/mfa/enroll/sms', { phone: '+442079460018' });
    await portal.mfa.policies.save('acme', { methods: ['totp'] });
    const code = mary.newestCode('+442079460018');
    const refused = await mary.postJson('/mfa/enroll/sms/confirm', { code });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    expect(await portal.mfa.authenticators.list('mary')).toEqual([]);
  });
});

describe('the user table of the app', () => {
  it('is told of the first factor, and not of the next one', async () => {
    const noted: unknown[] = [];
    const noteEnrolled = async (...note: [id: string, enrolled: boolean]) => void noted.push(note);
    const portal = createPortal({ directory: { noteEnrolled } });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const ada = visit(portal);
    await ada.logIn('ada');
    const { totp } = (await ada.postJson('/mfa/enroll/totp')).body;
    const code = totpCode(totp.secret, portal.clock.now());
    await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(noted).toEqual([['ada', true]]);
    await ada.postJson('/mfa/enroll/email', { email: 'ada@acme.example' });
    const second = { code: ada.newestCode('ada@acme.example') };
    expect((await ada.postJson('/mfa/enroll/email/confirm', second)).body.outcome).toBe('enrolled');
    expect(noted).toEqual([['ada', true]]);
  });
});
