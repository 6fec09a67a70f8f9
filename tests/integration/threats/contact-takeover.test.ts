import { visit } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  HOUR,
  signInWithApp,
} from '../../support/own-factors';
import { wrongCode } from '../../support/totp';

/*
 * Somebody wants the codes of a person to come to a number or address of their own: by changing it in an open session, by
 * a change that is begun and never proven, or by sending an address along with a request.
 */
describe('the contact of a person', () => {
  async function adaWithPhone() {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    return { portal, app, phone, ada: await signInWithApp(portal, 'ada', app) };
  }

  it('stays where a change was begun and its code never came back', async () => {
    const { portal, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900999', replaces: phone });
    await ada.postJson('/mfa/enroll/sms/confirm', { code: 'abcdef' });
    portal.clock.advance(HOUR);
    const login = visit(portal);
    await login.logIn('ada');
    await login.postJson('/mfa/challenge/factor', { authenticatorId: phone });
    expect(portal.outbox.messages.at(-1)).toMatchObject({ channel: 'sms', to: '+447700900123' });
  });

  it('does not come from what a request sends along', async () => {
    const { portal, phone } = await adaWithPhone();
    const thief = visit(portal);
    await thief.logIn('ada');
    const sent = {
      authenticatorId: phone,
      phone: '+447700900999',
      destination: '+447700900999',
      to: '+447700900999',
    };
    await thief.postJson('/mfa/challenge/factor', sent);
    portal.clock.advance(60_000);
    await thief.postJson('/mfa/challenge/resend', sent);
    expect(new Set(portal.outbox.messages.map(({ to }) => to))).toEqual(new Set(['+447700900123']));
  });

  it('is told when it is changed, by the address on file and at the old number', async () => {
    const { portal, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900999', replaces: phone });
    await ada.postJson('/mfa/enroll/sms/confirm', { code: ada.newestCode('+447700900999') });
    await portal.mfa.settled();
    const told = portal.outbox.messages.slice(-2);
    expect(told.map(({ to }) => to).toSorted()).toEqual(['+447700900123', 'ada@acme.example']);
    expect(told.every(({ text }) => !text.includes('7700900999'))).toBe(true);
  });

  it('is bound as the kind that was begun: a text message proves no mailbox', async () => {
    const { portal, app, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456' });
    const code = ada.newestCode('+447700900456');
    const refused = await ada.postJson('/mfa/enroll/email/confirm', { code });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ id }) => id)).toEqual([app.id, phone]);
  });

  it('is bound once by a code, which brings nothing back that was removed', async () => {
    const { portal, app, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456' });
    const code = ada.newestCode('+447700900456');
    expect((await ada.postJson('/mfa/enroll/sms/confirm', { code })).body.outcome).toBe('enrolled');
    const added = (await portal.records.findMember('ada', 'acme')).authenticators.at(-1);
    await portal.records.removeAuthenticator('ada', added?.id ?? '');
    const again = await ada.postJson('/mfa/enroll/sms/confirm', { code });
    expect(again.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ id }) => id)).toEqual([app.id, phone]);
  });

  it('keeps the proof of a code for the enrollment that it was sent for', async () => {
    const { portal, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456' });
    const code = ada.newestCode('+447700900456');
    portal.clock.advance(31_000);
    // The code of the first number does not prove a second one that was named since.
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900999', replaces: phone });
    const newer = ada.newestCode('+447700900999');
    const older = code === newer ? wrongCode(newer) : code;
    const refused = await ada.postJson('/mfa/enroll/sms/confirm', { code: older });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.find(({ id }) => id === phone)?.maskedDestination).toBe('•••• 0123');
  });
});
