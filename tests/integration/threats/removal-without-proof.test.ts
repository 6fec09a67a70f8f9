import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  HOUR,
  signInWithApp,
} from '../../support/own-factors';

/*
 * Somebody holds a live session: a cookie that was stolen, a computer that was left open. Without a proof made now, none of
 * the factors may change, or the thief would make the session last and keep the owner out.
 */
describe('a change of factors from a session whose proof is old', () => {
  it.each(['remove', 'rename', 'ask-first'])('is refused: %s', async (act) => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    const thief = await signInWithApp(portal, 'ada', app);
    portal.clock.advance(HOUR);
    const before = await portal.records.findMember('ada', 'acme');
    const refused = await thief.postJson(`/mfa/settings/authenticators/${phone}/${act}`, { label: 'Mine' });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ outcome: 'challenge', because: 'authentication-too-old' });
    expect(await portal.records.findMember('ada', 'acme')).toEqual(before);
    const form = await thief.post(`/mfa/settings/authenticators/${phone}/${act}`, { label: 'Mine' });
    expect(form.headers['location']).toMatch(/^\/mfa\/step-up\?/);
    expect(await portal.records.findMember('ada', 'acme')).toEqual(before);
  });

  it('is refused: new recovery codes, a new app, a new number', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada');
    const thief = await signInWithApp(portal, 'ada', app);
    portal.clock.advance(HOUR);
    const before = await portal.records.findMember('ada', 'acme');
    for (const [path, body] of [
      ['/mfa/settings/recovery-codes', {}],
      ['/mfa/enroll/totp', {}],
      ['/mfa/enroll/sms', { phone: '+447700900999' }],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const refused = await thief.postJson(path, body);
      expect([path, refused.status, refused.body.outcome]).toEqual([path, 401, 'challenge']);
    }
    expect(await portal.records.findMember('ada', 'acme')).toEqual(before);
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is refused without the token of the session', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await giveRecoveryCodes(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    const forged = await ada.post(`/mfa/settings/authenticators/${phone}/remove`, { _csrf: 'forged' });
    expect(forged.status).toBe(403);
    const looked = await ada.get(`/mfa/settings/authenticators/${phone}/remove`);
    expect(looked.headers['location']).toBe('/mfa/settings');
    expect((await portal.records.findMember('ada', 'acme')).authenticators).toHaveLength(2);
  });
});
