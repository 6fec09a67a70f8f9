import { visit } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  nextCode,
  signInWithApp,
} from '../../support/own-factors';
import { totpCode } from '../../support/totp';

/*
 * Beginning to set an app up again must not touch the secret in use: whoever only begins, or never finishes, would lock
 * the owner out or put a secret of their own in its place.
 */
describe('setting up again', () => {
  it('leaves the secret in use alone until a code of the new one is right, and adds then', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const sealedBefore = (await portal.records.findMember('ada', 'acme')).authenticators[0]?.sealedSecret;
    const ada = await signInWithApp(portal, 'ada', app);
    const begun = await ada.postJson('/mfa/enroll/totp');
    await ada.postJson('/mfa/enroll/totp/confirm', { code: nextCode(portal, app) });
    const [only, ...others] = (await portal.records.findMember('ada', 'acme')).authenticators;
    expect([only?.sealedSecret, others]).toEqual([sealedBefore, []]);

    const login = visit(portal);
    await login.logIn('ada');
    const proven = await login.postJson('/mfa/challenge', { code: nextCode(portal, app) });
    expect(proven.body.outcome).toBe('signed-in');

    const newCode = totpCode(begun.body.totp.secret, portal.clock.now());
    const added = await ada.postJson('/mfa/enroll/totp/confirm', { code: newCode, endOthers: false });
    expect(added.body).toMatchObject({ outcome: 'enrolled' });
    const after = (await portal.records.findMember('ada', 'acme')).authenticators;
    expect(after.map(({ id }) => id)).toContain(app.id);
    expect(after).toHaveLength(2);
  });

  it('is over after ten minutes, however fresh the proof is that it rests on', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    const begun = await ada.postJson('/mfa/enroll/totp');
    portal.clock.advance(8 * 60_000);
    const again = await ada.postJson('/mfa/step-up', { code: nextCode(portal, app) });
    expect(again.body.outcome).toBe('stepped-up');
    portal.clock.advance(2 * 60_000);
    const code = totpCode(begun.body.totp.secret, portal.clock.now());
    const late = await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(late.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    expect((await portal.records.findMember('ada', 'acme')).authenticators).toHaveLength(1);
  });

  it('takes the place of nothing but an authenticator of the same person and kind', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const marys = await giveAddress(portal, 'mary', { kind: 'sms', to: '+442079460018' });
    const ada = await signInWithApp(portal, 'ada', app);
    const refused = await ada.postJson('/mfa/enroll/sms', { phone: '+447700900999', replaces: marys });
    expect([refused.status, refused.body.because]).toEqual([404, 'no-authenticator']);
    const ownApp = await ada.postJson('/mfa/enroll/sms', { phone: '+447700900999', replaces: app.id });
    expect(ownApp.status).toBe(404);
    expect((await portal.records.findMember('mary', 'acme')).authenticators).toHaveLength(1);
  });
});
