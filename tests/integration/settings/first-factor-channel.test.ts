import { visit } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  nextCode,
} from '../../support/own-factors';
import type { Portal } from '../../support/portal';

/** Ada, let in by a link that was sent to the address on file. */
async function adaByLink(portal: Portal) {
  const ada = visit(portal);
  await ada.post('/link/ada');
  return ada;
}

const optionsOf = (body: { anyOf?: { authenticatorId: string }[] }) =>
  body.anyOf?.map(({ authenticatorId }) => authenticatorId);

describe('a session that a link in a mail began', () => {
  it('takes no code from the same address, however it is spelled, and takes one from elsewhere', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveAddress(portal, 'ada', { kind: 'email', to: 'Ada@ACME.example' });
    const home = await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@home.example' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = await adaByLink(portal);
    const challenge = await ada.getJson('/mfa/challenge');
    expect(optionsOf(challenge.body)).toEqual([app.id, home, 'recovery-codes']);
    const proven = await ada.postJson('/mfa/challenge', { code: nextCode(portal, app) });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    expect((await ada.getJson('/plain')).status).toBe(200);
  });

  it('is refused, with what to do, where that address is all there is', async () => {
    const portal = await createSettingsPortal({ enrollment: 'assigned' });
    const who = { userId: 'ada', organizationId: 'acme' };
    await portal.mfa.members.save(who, { enabled: true, assignedKind: 'email' });
    const ada = await adaByLink(portal);
    const page = await ada.getJson('/plain');
    expect([page.status, page.body]).toMatchObject([403, { outcome: 'deny', because: 'same-channel' }]);
    expect(portal.outbox.messages).toEqual([]);
    // By the password the same person comes in as ever.
    const byPassword = await visit(portal).logIn('ada');
    expect(optionsOf(byPassword.body)).toEqual(['on-file-email']);
  });

  it('does not let a text message fall back to that address', async () => {
    const down = { send: () => Promise.reject(new Error('The provider is down.')) };
    const portal = await createSettingsPortal({}, { sms: down });
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = await adaByLink(portal);
    const sent = await ada.postJson('/mfa/challenge/factor', { authenticatorId: phone });
    expect([sent.status, sent.body.because]).toEqual([503, 'delivery-failed']);
    expect(portal.outbox.messages).toEqual([]);
  });

  it('cannot make that address a factor', async () => {
    const portal = await createSettingsPortal();
    const ada = await adaByLink(portal);
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: 'correct horse battery staple' });
    const refused = await ada.postJson('/mfa/enroll/email', { email: 'ADA@acme.example' });
    expect([refused.status, refused.body.because]).toEqual([403, 'same-channel']);
    const other = await ada.postJson('/mfa/enroll/email', { email: 'ada@home.example' });
    expect(other.body).toMatchObject({ outcome: 'enrollment-started' });
  });

  it('loses what it had proven by that address before', async () => {
    const portal = await createSettingsPortal();
    const email = await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@acme.example' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    expect(email).toBeDefined();
    await ada.postJson('/mfa/challenge', { code: ada.newestCode('ada@acme.example') });
    expect((await ada.getJson('/plain')).status).toBe(200);
    await ada.post('/reset/ada@acme.example');
    expect((await ada.getJson('/plain')).body).toMatchObject({ outcome: 'challenge' });
  });
});

describe('a password that was chosen by a link in a mail', () => {
  it('counts as that mail in the sign-in that follows', async () => {
    const portal = await createSettingsPortal();
    await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@acme.example' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = visit(portal);
    await ada.post('/reset/ada@acme.example');
    const login = await ada.logIn('ada');
    expect(optionsOf(login.body)).toEqual(['recovery-codes']);
  });
});

describe('noting how the first factor came', () => {
  it('takes an email address and nothing else', async () => {
    const portal = await createSettingsPortal();
    const refused = await visit(portal).post('/reset/nobody');
    expect(refused.status).toBe(500);
    expect(portal.errors.at(-1)).toEqual(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});
