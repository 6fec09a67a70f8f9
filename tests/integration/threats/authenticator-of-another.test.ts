import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  signInWithApp,
} from '../../support/own-factors';

/* A member names the authenticator of a colleague by its id, which came to be known somehow. */
describe('the authenticator of another person', () => {
  it.each([
    ['rename', { label: 'Mine' }],
    ['remove', {}],
    ['ask-first', {}],
  ])('is nothing to %s', async (act, body) => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@home.example' });
    await giveRecoveryCodes(portal, 'ada');
    const marys = await giveApp(portal, 'mary');
    const before = await portal.records.findMember('mary', 'acme');
    const ada = await signInWithApp(portal, 'ada', app);
    const theirs = await ada.postJson(`/mfa/settings/authenticators/${marys.id}/${act}`, body);
    const nobodys = await ada.postJson(`/mfa/settings/authenticators/nothing/${act}`, body);
    expect([theirs.status, theirs.body.because]).toEqual([404, 'no-authenticator']);
    // Somebody else's and nobody's look alike.
    const { csrfToken: _one, ...said } = theirs.body;
    const { csrfToken: _other, ...saidOfNothing } = nobodys.body;
    expect(said).toEqual(saidOfNothing);
    expect(await portal.records.findMember('mary', 'acme')).toEqual(before);
    expect((await portal.records.findMember('ada', 'acme')).askedFirst).toBeNull();
  });

  it('cannot be answered or asked for either', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const marys = await giveAddress(portal, 'mary', { kind: 'sms', to: '+442079460018' });
    const ada = await signInWithApp(portal, 'ada', app);
    const asked = await ada.postJson('/mfa/step-up', { authenticatorId: marys });
    expect([asked.status, asked.body.because]).toEqual([400, 'no-authenticator']);
    expect(portal.outbox.messages).toEqual([]);
  });
});
