import { visit } from '../../support/member';
import type { Member } from '../../support/member';
import { createSettingsPortal, giveApp, giveRecoveryCodes, signInWithApp } from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import type { Portal } from '../../support/portal';

const listed = (html: string) => [...html.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code]) => code);

describe('a new set of recovery codes', () => {
  let portal: Portal;
  let ada: Member;
  let shown: Awaited<ReturnType<Member['get']>>;

  beforeAll(async () => {
    portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    await giveRecoveryCodes(portal, 'ada', 2);
    ada = await signInWithApp(portal, 'ada', app);
    await ada.get('/mfa/settings');
    shown = await ada.follow(await ada.post('/mfa/settings/recovery-codes'));
  });

  it('is shown numbered, and says that the older ones no longer work', () => {
    const codes = listed(shown.text);
    expect(codes).toHaveLength(10);
    expect(codes[2]).toMatch(/^3-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}$/);
    expect(textOf(shown.text)).toContain('Your older codes no longer work.');
  });

  it('is shown again by coming back to the page', async () => {
    const again = await ada.get('/mfa/enroll/recovery-codes');
    expect(listed(again.text)).toEqual(listed(shown.text));
  });

  it('comes as a file while it is not acknowledged', async () => {
    const file = await ada.post('/mfa/enroll/recovery-codes/download');
    expect(file.headers['content-disposition']).toBe('attachment; filename="recovery-codes.txt"');
    expect(file.headers['cache-control']).toBe('no-store');
    for (const code of listed(shown.text)) expect(file.text).toContain(code);
  });

  it('stays in sight for a person who goes on without ticking the box', async () => {
    const page = await ada.post('/mfa/enroll/recovery-codes');
    expect(page.status).toBe(400);
    expect(listed(page.text)).toEqual(listed(shown.text));
    expect(textOf(page.text)).toContain('Tick the box once you’ve saved the codes.');
  });

  it('is told to the address on file, and listed with its day', async () => {
    await portal.mfa.settled();
    expect(portal.outbox.messages.at(-1)).toMatchObject({ to: 'ada@acme.example' });
    expect(portal.outbox.messages.at(-1)?.text).toMatch(/recovery codes/i);
    const names = ['recovery-codes-issued'];
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 9, names });
    expect(events).toMatchObject([{ userId: 'ada', details: { count: 10 } }]);
    expect((await ada.getJson('/mfa/settings')).body.recoveryCodes).toEqual({
      left: 10,
      of: 10,
      createdAt: portal.clock.now(),
    });
  });

  it('is gone from the session once it is acknowledged', async () => {
    const next = await ada.post('/mfa/enroll/recovery-codes', { saved: 'yes', returnTo: '/mfa/settings' });
    expect(next.headers['location']).toBe('/mfa/settings');
    const file = await ada.post('/mfa/enroll/recovery-codes/download');
    expect([file.status, listed(file.text)]).toEqual([409, []]);
    const page = await ada.post('/mfa/enroll/recovery-codes');
    expect(listed(page.text)).toEqual([]);
    expect(textOf((await ada.get('/mfa/enroll/recovery-codes')).text)).toContain('can’t be shown again');
  });
});

describe('recovery codes that nobody acknowledges', () => {
  it('are forgotten after ten minutes', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    await ada.post('/mfa/settings/recovery-codes');
    portal.clock.advance(600_000);
    expect(listed((await ada.get('/mfa/enroll/recovery-codes')).text)).toEqual([]);
  });

  it('are no longer shown after newer ones were made', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    await ada.post('/mfa/settings/recovery-codes');
    portal.clock.advance(1);
    await giveRecoveryCodes(portal, 'ada');
    expect(listed((await ada.get('/mfa/enroll/recovery-codes')).text)).toEqual([]);
  });

  it('are not shown if they cannot be decrypted, and a new set can be made', async () => {
    const portal = await createSettingsPortal();
    const app = await giveApp(portal, 'ada');
    const ada = await signInWithApp(portal, 'ada', app);
    await ada.post('/mfa/settings/recovery-codes');
    const [session] = await portal.mfa.sessionsOf('ada').list();
    const owner = { userId: 'ada', ownerId: session?.handle ?? '' };
    const kept = await portal.state.findUnseenCodes(owner);
    if (kept === undefined) throw new Error('No codes are kept.');
    await portal.state.keepUnseenCodes(owner, { ...kept, sealed: `${kept.sealed}AAAA` }, portal.clock.now());
    const page = await ada.get('/mfa/enroll/recovery-codes');
    expect([page.status, listed(page.text)]).toEqual([200, []]);
    expect(textOf(page.text)).toContain('make a new set in your settings');
  });

  it('are refused to a person who has no factor that they could stand in for', async () => {
    const portal = await createSettingsPortal({ enrollment: 'optional' });
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.postJson('/mfa/enroll/skip');
    portal.clock.advance(1000);
    await ada.postJson('/mfa/step-up', { password: 'correct horse battery staple' });
    // One more than the hourly limit: a refused request does not count.
    for (let time = 0; time < 11; time += 1) {
      const refused = await ada.postJson('/mfa/settings/recovery-codes');
      expect([refused.status, refused.body.because]).toEqual([409, 'no-factor']);
    }
  });
});
