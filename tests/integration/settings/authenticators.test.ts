import { memoryState } from '../../../src/index';
import { visit } from '../../support/member';
import type { Member } from '../../support/member';
import {
  createSettingsPortal,
  giveAddress,
  giveApp,
  giveRecoveryCodes,
  HOUR,
  nextCode,
  signInWithApp,
} from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import type { Portal } from '../../support/portal';

const settings = async (member: Member) => (await member.getJson('/mfa/settings')).body;

async function adaWith(...given: Parameters<typeof createSettingsPortal>) {
  const portal = await createSettingsPortal(...given);
  const app = await giveApp(portal, 'ada');
  await giveRecoveryCodes(portal, 'ada');
  return { portal, app, ada: await signInWithApp(portal, 'ada', app) };
}

const mailsTo = ({ outbox }: Portal, to: string) => outbox.messages.filter((message) => message.to === to);

async function eventsOf({ mfa, records }: Portal, name: string) {
  await mfa.settled();
  return (await records.listEvents({ organizationId: 'acme', limit: 100, names: [name] })).events;
}

describe('the settings', () => {
  it('list what a person has, what may be added and how many recovery codes are left', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123', label: 'Work' });
    expect(await settings(ada)).toEqual({
      outcome: 'settings',
      authenticators: [
        {
          id: app.id,
          kind: 'totp',
          label: 'Authenticator app',
          createdAt: expect.any(Number),
          lastUsedAt: portal.clock.now() - 1,
          askedFirst: true,
          preferable: false,
          removable: true,
          allowed: true,
          switchedOff: false,
        },
        expect.objectContaining({
          id: phone,
          kind: 'sms',
          label: 'Work',
          destination: '•••• 0123',
          lastUsedAt: null,
          askedFirst: false,
          preferable: true,
        }),
      ],
      addable: ['totp', 'sms', 'email'],
      recoveryCodes: { left: 10, of: 10, createdAt: expect.any(Number) },
      rememberedBrowsers: [],
      csrfToken: expect.any(String),
    });
    const page = await ada.get('/mfa/settings');
    expect(textOf(page.text)).toContain('Text message · •••• 0123');
    expect(page.text).not.toContain('7700900123');
  });

  it('offer only the methods that the organization allows, and mark those it no longer does', async () => {
    const { portal, ada } = await adaWith();
    await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    await portal.mfa.policies.save('acme', { methods: ['totp', 'email'] });
    const { addable, authenticators } = await settings(ada);
    expect(addable).toEqual(['totp', 'email']);
    expect(authenticators[1]).toMatchObject({ kind: 'sms', allowed: false, preferable: false });
    const page = await ada.get('/mfa/settings');
    expect(textOf(page.text)).toContain('No longer offered');
    expect(page.text).not.toContain('href="/mfa/enroll/sms');
  });

  it('say where codes go that an administrator switched on, with nothing of one’s own to change', async () => {
    const portal = await createSettingsPortal({ enrollment: 'assigned' });
    const who = { userId: 'ada', organizationId: 'acme' };
    await portal.mfa.members.save(who, { enabled: true, assignedKind: 'email' });
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.postJson('/mfa/challenge', { code: ada.newestCode('ada@acme.example') });
    expect(await settings(ada)).toMatchObject({
      authenticators: [],
      onFile: { kind: 'email', destination: 'a•••@acme.example' },
      recoveryCodes: null,
    });
    expect(textOf((await ada.get('/mfa/settings')).text)).toContain('Codes go to a•••@acme.example');
  });

  it('are absent where the organization has no MFA, and lead strangers to sign in', async () => {
    const { portal, ada } = await adaWith();
    await portal.mfa.policies.save('acme', { enabled: false });
    expect((await ada.getJson('/mfa/settings')).status).toBe(404);
    expect((await ada.postJson('/mfa/settings/recovery-codes')).status).toBe(404);
    const stranger = await visit(portal).getJson('/mfa/settings');
    expect(stranger.body).toMatchObject({ outcome: 'sign-in', because: 'no-session' });
    // A session that has ended is no longer a sign-in.
    await portal.mfa.sessionsOf('ada').endAll();
    expect((await ada.getJson('/mfa/settings')).body).toMatchObject({
      outcome: 'sign-in',
      because: 'session-ended',
    });
  });

  it('warn when three recovery codes are left', async () => {
    const { portal, ada } = await adaWith();
    await giveRecoveryCodes(portal, 'ada', 3);
    expect(textOf((await ada.get('/mfa/settings')).text)).toContain('Only 3 of 10 left.');
    await giveRecoveryCodes(portal, 'ada', 4);
    expect(textOf((await ada.get('/mfa/settings')).text)).toContain('4 of 10 left');
  });

  it('rename an authenticator, and refuse an empty name', async () => {
    const { portal, app, ada } = await adaWith();
    const path = `/mfa/settings/authenticators/${app.id}/rename`;
    const renamed = await ada.postJson(path, { label: '  My\nphone ' });
    expect(renamed.body).toMatchObject({ outcome: 'renamed', next: '/mfa/settings' });
    expect((await settings(ada)).authenticators[0].label).toBe('My phone');
    expect(await eventsOf(portal, 'authenticator-renamed')).toMatchObject([
      { userId: 'ada', address: expect.any(String), details: { authenticatorId: app.id } },
    ]);
    const empty = await ada.postJson(path, { label: ' ' });
    expect([empty.status, empty.body.because]).toEqual([400, 'label-missing']);
    const html = await ada.follow(await ada.post(path, { label: '<b>bold</b>' }));
    expect(html.text).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(textOf(html.text)).toContain('The new name is saved.');
  });

  it('ask the chosen one first from the next login on', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    const chosen = await ada.postJson(`/mfa/settings/authenticators/${phone}/ask-first`);
    expect(chosen.body).toMatchObject({ outcome: 'asked-first' });
    const { authenticators } = await settings(ada);
    expect(authenticators.map((one: { askedFirst: boolean }) => one.askedFirst)).toEqual([false, true]);
    const login = await visit(portal).logIn('ada');
    expect(login.body.anyOf.slice(0, 2)).toMatchObject([
      { authenticatorId: phone },
      { authenticatorId: app.id },
    ]);
    expect(login.body.sent).toMatchObject({ kind: 'sms', destination: '•••• 0123' });
  });
});

describe('removing an authenticator', () => {
  it('removes it, keeps this session under a new id and ends the others, and tells every address', async () => {
    const { portal, app, ada } = await adaWith();
    const email = await giveAddress(portal, 'ada', { kind: 'email', to: 'ada@home.example' });
    const elsewhere = await signInWithApp(portal, 'ada', app);
    const before = ada.cookie('session');
    const removed = await ada.postJson(`/mfa/settings/authenticators/${email}/remove`);
    expect(removed.body).toMatchObject({
      outcome: 'removed',
      next: '/mfa/settings',
      notified: ['a•••@acme.example', 'a•••@home.example'],
    });
    expect(ada.cookie('session')).not.toBe(before);
    expect((await ada.getJson('/')).status).toBe(200);
    expect((await elsewhere.getJson('/')).body).toMatchObject({ because: 'session-ended' });
    expect(await eventsOf(portal, 'sessions-ended')).toMatchObject([
      { userId: 'ada', details: { scope: 'others' } },
    ]);
    for (const to of ['ada@acme.example', 'ada@home.example']) {
      expect(mailsTo(portal, to).at(-1)?.text).toContain('removed');
    }
    expect((await settings(ada)).authenticators).toHaveLength(1);
  });

  it('leaves other sessions alone where the box was not ticked', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    const elsewhere = await signInWithApp(portal, 'ada', app);
    const path = `/mfa/settings/authenticators/${phone}/remove`;
    const removed = await ada.follow(await ada.post(path, { endOthersShown: 'yes' }));
    expect(textOf(removed.text)).toContain('That method is removed.');
    expect((await elsewhere.getJson('/')).status).toBe(200);
    await portal.mfa.settled();
    const [notice] = mailsTo(portal, '+447700900123');
    expect(notice?.text).toContain('this phone can no longer be used to sign in');
  });

  it('refuses the last one that works under a required policy', async () => {
    const { portal, app, ada } = await adaWith();
    const refused = await ada.postJson(`/mfa/settings/authenticators/${app.id}/remove`);
    expect([refused.status, refused.body.because]).toEqual([409, 'last-factor']);
    expect(textOf((await ada.get('/mfa/settings')).text)).toContain('Add another before you remove it.');
    const second = await giveApp(portal, 'ada', 'Tablet');
    // Only one of two that keep each other can go, however many ask at once.
    const both = await Promise.all(
      [app.id, second.id].map((id) =>
        portal.records.removeAuthenticator(
          'ada',
          id,
          [app.id, second.id].filter((other) => other !== id),
        ),
      ),
    );
    expect(both.toSorted()).toEqual(['last-factor', 'removed']);
    expect((await portal.records.findMember('ada', 'acme')).authenticators).toHaveLength(1);
  });

  it('lets the last one go where the policy is optional, with the recovery codes, and tells the directory', async () => {
    const noted: unknown[] = [];
    const noteEnrolled = async (...note: [id: string, enrolled: boolean]) => void noted.push(note);
    const { portal, app, ada } = await adaWith({ enrollment: 'optional' }, { directory: { noteEnrolled } });
    const removed = await ada.postJson(`/mfa/settings/authenticators/${app.id}/remove`);
    expect(removed.status).toBe(200);
    expect(await settings(ada)).toMatchObject({ authenticators: [], recoveryCodes: null });
    expect(noted.at(-1)).toEqual(['ada', false]);
    expect(await eventsOf(portal, 'authenticator-removed')).toMatchObject([
      { details: { kind: 'totp', authenticatorId: app.id } },
    ]);
  });

  it('removes a phone while the SMS provider is down, and reports that the notice failed', async () => {
    const down = new Error('The provider is down.');
    const { portal, ada } = await adaWith({}, { sms: { send: () => Promise.reject(down) } });
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    const removed = await ada.postJson(`/mfa/settings/authenticators/${phone}/remove`);
    expect(removed.body).toMatchObject({ outcome: 'removed', notified: ['a•••@acme.example'] });
    expect(await eventsOf(portal, 'notice-failed')).toMatchObject([
      { userId: 'ada', details: { notice: 'authenticator-removed', by: 'sms' } },
    ]);
    expect(portal.errors).toEqual([down]);
  });

  it('removes a phone whose number cannot be decrypted, and sends no text message', async () => {
    const { portal, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    const expected = authenticators.find(({ id }) => id === phone)?.sealedSecret ?? '';
    await portal.records.resealAuthenticator('ada', phone, { expected, sealed: `${expected}AAAA` });
    const removed = await ada.postJson(`/mfa/settings/authenticators/${phone}/remove`);
    expect(removed.body).toMatchObject({ outcome: 'removed', notified: ['a•••@acme.example'] });
    expect(await eventsOf(portal, 'notice-failed')).toEqual([]);
    expect(portal.errors).toEqual([]);
    expect((await settings(ada)).authenticators).toHaveLength(1);
  });
});

/** A portal in which another change to Ada’s account happens in the middle of a removal. */
async function adaRaced(when: 'before-removal' | 'before-epoch', policy = {}) {
  const meanwhile: (() => Promise<unknown>)[] = [];
  const happen = async () => void (await meanwhile.pop()?.());
  const state = memoryState();
  const throttle: typeof state.throttle = (options) => {
    const counter = state.throttle(options);
    if (when !== 'before-removal' || options.name !== 'factor-changes') return counter;
    return {
      ...counter,
      async spend(key) {
        await happen();
        return counter.spend(key);
      },
    };
  };
  const directory = when === 'before-epoch' ? { noteEnrolled: happen } : {};
  const raced = await adaWith(policy, { state: { ...state, throttle }, directory });
  return { ...raced, meanwhile };
}

describe('a removal with another change in the middle of it', () => {
  it('is rejected if the authenticator is already removed, and sends no notice', async () => {
    const { portal, ada, meanwhile } = await adaRaced('before-removal');
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    meanwhile.push(() => portal.records.removeAuthenticator('ada', phone));
    const late = await ada.postJson(`/mfa/settings/authenticators/${phone}/remove`);
    expect(late.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    expect(await eventsOf(portal, 'authenticator-removed')).toEqual([]);
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is rejected if the only other authenticator is already removed', async () => {
    const { portal, app, ada, meanwhile } = await adaRaced('before-removal');
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    meanwhile.push(() => portal.records.removeAuthenticator('ada', phone));
    const late = await ada.postJson(`/mfa/settings/authenticators/${app.id}/remove`);
    expect([late.status, late.body.because]).toEqual([409, 'last-factor']);
    expect(await eventsOf(portal, 'authenticator-removed')).toEqual([]);
    expect((await settings(ada)).authenticators).toMatchObject([{ id: app.id }]);
  });

  it('does not revive a session that was ended meanwhile, and reports one end', async () => {
    const { portal, app, ada, meanwhile } = await adaRaced('before-epoch', { enrollment: 'optional' });
    meanwhile.push(() => portal.mfa.sessionsOf('ada').endAll());
    const removed = await ada.postJson(`/mfa/settings/authenticators/${app.id}/remove`);
    expect(removed.body).toMatchObject({ outcome: 'removed' });
    expect((await ada.getJson('/')).status).toBe(401);
    expect(await eventsOf(portal, 'sessions-ended')).toMatchObject([{ details: { scope: 'user' } }]);
  });
});

describe('a proof before a change', () => {
  it('is asked for after ten minutes, and what was asked goes on after it', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123', label: 'Work' });
    portal.clock.advance(HOUR);
    const json = await ada.postJson(`/mfa/settings/authenticators/${phone}/remove`);
    expect(json.status).toBe(401);
    expect(json.body).toMatchObject({ outcome: 'challenge', because: 'authentication-too-old' });
    const stepUp = await ada.follow(await ada.post(`/mfa/settings/authenticators/${phone}/remove`));
    expect(textOf(stepUp.text)).toContain('Confirm it’s you to remove “Work”.');
    const returnTo = /name="returnTo" value="([^"]+)"/.exec(stepUp.text)?.[1] ?? '';
    const after = await ada.follow(await ada.post('/mfa/step-up', { returnTo, code: nextCode(portal, app) }));
    expect(textOf(after.text)).toContain('That method is removed.');
    expect((await settings(ada)).authenticators.map(({ id }: { id: string }) => id)).toEqual([app.id]);
  });

  it('sets nothing off that it was not asked for', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    portal.clock.advance(HOUR);
    await ada.post(`/mfa/settings/authenticators/${phone}/remove`);
    await ada.post('/mfa/step-up', { returnTo: '/', code: nextCode(portal, app) });
    expect((await settings(ada)).authenticators).toHaveLength(2);
  });

  it('sets a waiting act off once, however often a proof leads back to it', async () => {
    const { portal, app, ada } = await adaWith();
    portal.clock.advance(HOUR);
    const stepUp = await ada.follow(await ada.post('/mfa/settings/recovery-codes'));
    const returnTo = /name="returnTo" value="([^"]+)"/.exec(stepUp.text)?.[1] ?? '';
    await ada.post('/mfa/step-up', { returnTo, code: nextCode(portal, app) });
    portal.clock.advance(60_000);
    await ada.post('/mfa/step-up', { returnTo, code: nextCode(portal, app) });
    expect(await eventsOf(portal, 'recovery-codes-issued')).toHaveLength(1);
  });

  it('sets nothing off that was asked for more than ten minutes ago', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    portal.clock.advance(HOUR);
    const stepUp = await ada.follow(await ada.post(`/mfa/settings/authenticators/${phone}/remove`));
    const returnTo = /name="returnTo" value="([^"]+)"/.exec(stepUp.text)?.[1] ?? '';
    portal.clock.advance(600_000);
    await ada.post('/mfa/step-up', { returnTo, code: nextCode(portal, app) });
    expect((await settings(ada)).authenticators).toHaveLength(2);
  });

  it('has to be of the strongest factor', async () => {
    const { portal, app, ada } = await adaWith();
    const phone = await giveAddress(portal, 'ada', { kind: 'sms', to: '+447700900123' });
    portal.clock.advance(HOUR);
    await ada.postJson('/mfa/step-up', { authenticatorId: phone });
    const weaker = await ada.postJson(`/mfa/settings/authenticators/${app.id}/rename`, { label: 'x' });
    expect(weaker.body).toMatchObject({ outcome: 'challenge' });
    const page = await ada.getJson(`/mfa/enroll/sms`);
    expect(page.body).toMatchObject({ outcome: 'challenge', next: expect.stringContaining('/mfa/step-up') });
  });
});
