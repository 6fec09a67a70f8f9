import { visit } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  signInWithApp,
} from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import { totpCode } from '../../support/totp';

async function adaWithPhone() {
  const portal = await createSettingsPortal();
  const app = await giveApp(portal, 'ada');
  await giveRecoveryCodes(portal, 'ada');
  const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123', label: 'Work' });
  return { portal, app, phone, ada: await signInWithApp(portal, 'ada', app) };
}

describe('changing a phone number', () => {
  it('proves the new one before the old one goes, and tells the old one', async () => {
    const { portal, app, phone, ada } = await adaWithPhone();
    const form = await ada.get(`/mfa/enroll/sms?returnTo=%2Fmfa%2Fsettings&replaces=${phone}`);
    expect(textOf(form.text)).toContain('•••• 0123 keeps working until the new number is confirmed.');
    const sent = await ada.post('/mfa/enroll/sms', {
      phone: '+44 7700 900456',
      replaces: phone,
      returnTo: '/mfa/settings',
    });
    const codePage = await ada.follow(sent);
    expect(textOf(codePage.text)).toContain('We texted a 6-digit code to •••• 0456');
    expect(codePage.text).toMatch(/name="label" type="text" value="Work"/);
    expect(codePage.text).toContain('name="endOthers"');
    const { authenticators: during } = await portal.records.findMember('ada', 'acme');
    expect(during.map(({ id }) => id)).toEqual([app.id, phone]);
    const done = await ada.follow(
      await ada.post('/mfa/enroll/sms/confirm', { code: ada.newestCode('+447700900456'), label: 'Work' }),
    );
    expect(textOf(done.text)).toContain('Your phone number is saved');
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ kind, maskedDestination }) => [kind, maskedDestination])).toEqual([
      ['totp', null],
      ['sms', '•••• 0456'],
    ]);
    await portal.mfa.settled();
    expect(portal.outbox.messages.findLast(({ to }) => to === '+447700900123')?.text).toContain(
      'can no longer be used to sign in',
    );
    expect(portal.outbox.messages.findLast(({ to }) => to === 'ada@acme.example')?.text).toContain('Work');
    expect((await ada.getJson('/')).status).toBe(200);
  });

  it('keeps replacing when the code is sent again', async () => {
    const { portal, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456', replaces: phone });
    portal.clock.advance(31_000);
    await ada.postJson('/mfa/enroll/sms/resend');
    await ada.postJson('/mfa/enroll/sms/confirm', { code: ada.newestCode('+447700900456') });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.filter(({ kind }) => kind === 'sms')).toHaveLength(1);
  });

  it('adds one where a change that was begun was left for something else', async () => {
    const { portal, phone, ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456', replaces: phone });
    portal.clock.advance(31_000);
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900789' });
    await ada.postJson('/mfa/enroll/sms/confirm', { code: ada.newestCode('+447700900789') });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.filter(({ kind }) => kind === 'sms')).toHaveLength(2);
  });

  it('ends a login elsewhere that was under way', async () => {
    const { portal, app, phone, ada } = await adaWithPhone();
    const elsewhere = visit(portal);
    await elsewhere.logIn('ada');
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456', replaces: phone });
    await ada.postJson('/mfa/enroll/sms/confirm', { code: ada.newestCode('+447700900456') });
    portal.clock.advance(30_000);
    const late = await elsewhere.postJson('/mfa/challenge', {
      code: totpCode(app.secret, portal.clock.now()),
    });
    expect(late.status).toBe(401);
    expect((await elsewhere.getJson('/whoami')).body.authenticated).toBe(false);
  });
});

describe('a further number', () => {
  it('is shown with the country code that was guessed, and confirmed before a code goes there', async () => {
    const { portal, ada } = await adaWithPhone();
    const language = { 'accept-language': 'en-FR,en;q=0.5' };
    const form = await ada.get('/mfa/enroll/sms', language);
    expect(textOf(form.text)).toContain('such as +33');
    const confirm = await ada.post('/mfa/enroll/sms', { phone: '06 12 34 56 78' }, language);
    expect(textOf(confirm.text)).toContain('Is this your number?');
    expect(confirm.text).toContain('value="+33 6 12 34 56 78"');
    expect(portal.outbox.messages.filter(({ channel }) => channel === 'sms')).toEqual([]);
    await ada.post('/mfa/enroll/sms', { phone: '+33 6 12 34 56 78' }, language);
    expect(ada.newestCode('+33612345678')).toMatch(/^\d{6}$/);
  });

  it('gets a name of its own', async () => {
    const { ada } = await adaWithPhone();
    await ada.postJson('/mfa/enroll/sms', { phone: '+447700900456' });
    const page = await ada.get('/mfa/enroll/sms');
    expect(page.text).toMatch(/name="label" type="text" value="Phone"/);
  });
});
