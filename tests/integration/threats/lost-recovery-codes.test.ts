import type { PortalUser } from '../../support/portal';
import { addPerson, visit } from '../../support/member';
import { createSettingsPortal, giveApp, signInWithApp } from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// What goes wrong after a factor is bound must leave nobody with codes that nobody has seen, and must not let a lost record pass for
// a person who never enrolled.

const PATH = '/mfa/enroll/recovery-codes';
const listed = (html: string) => [...html.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code]) => code);

describe.each(allStoreKinds)('a user table that cannot be told who has a factor, on $kind', ({ open }) => {
  const { records, state, close } = open();
  afterAll(close);

  const failures: readonly (readonly [string, () => Promise<void>])[] = [
    ['rejects', () => Promise.reject(new Error('The table is locked.'))],
    [
      'throws',
      () => {
        throw new Error('The table is gone.');
      },
    ],
  ];

  async function portalWhoseTable(fails: () => Promise<void>) {
    const table = { isBroken: true, noted: [] as (readonly [string, boolean])[] };
    const portal = await createSettingsPortal(
      {},
      {
        records,
        state,
        directory: {
          noteEnrolled(id, enrolled) {
            if (table.isBroken) return fails();
            table.noted.push([id, enrolled]);
            const user = portal.users.get(id) as PortalUser;
            portal.users.set(id, { ...user, mfaEnrolled: enrolled });
            return Promise.resolve();
          },
        },
      },
    );
    return { portal, table };
  }

  it.each(failures)('that %s: the codes are shown, and the note is made again', async (_how, fails) => {
    const { portal, table } = await portalWhoseTable(fails);
    await portal.records.removeAllAuthenticators('ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    const { body } = await ada.postJson('/mfa/enroll/totp');
    const code = totpCode(body.totp.secret, portal.clock.now());
    const confirmed = await ada.post('/mfa/enroll/totp/confirm', { code });
    expect(confirmed.headers['location']).toBe(PATH);
    expect(listed((await ada.get(PATH)).text)).toHaveLength(10);
    expect(portal.errors).toMatchObject([{ code: 'user-unavailable' }]);
    // Asked for all the same.
    expect((await visit(portal).logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    table.isBroken = false;
    await portal.mfa.retryNotices();
    expect(table.noted).toEqual([['ada', true]]);
    await portal.mfa.retryNotices();
    expect(table.noted).toHaveLength(1);
    await portal.mfa.close();
  });

  it.each(failures)('that %s: another process makes the note at the next proof', async (_how, fails) => {
    const { portal, table } = await portalWhoseTable(fails);
    await portal.records.removeAllAuthenticators('ada');
    const app = await giveApp(portal, 'ada');
    table.isBroken = false;
    await signInWithApp(portal, 'ada', app);
    await portal.mfa.settled();
    expect(table.noted).toEqual([['ada', true]]);
    await signInWithApp(portal, 'ada', app);
    await portal.mfa.settled();
    expect(table.noted).toHaveLength(1);
    await portal.mfa.close();
  });

  it.each(failures)('that %s at a reset: nobody gets in by the password alone', async (_how, fails) => {
    const { portal, table } = await portalWhoseTable(fails);
    await portal.records.removeAllAuthenticators('mary');
    await giveApp(portal, 'mary');
    portal.users.set('mary', { ...(portal.users.get('mary') as PortalUser), mfaEnrolled: true });
    const mary = { userId: 'mary', organizationId: 'acme', actorId: 'ada' };
    await portal.mfa.members.reset(mary, { reason: 'Lost the phone' });
    expect((await visit(portal).logIn('mary')).body).toMatchObject({ because: 'records-unavailable' });
    table.isBroken = false;
    await portal.mfa.retryNotices();
    expect(table.noted).toEqual([['mary', false]]);
    expect((await visit(portal).logIn('mary')).body).toMatchObject({ outcome: 'enroll' });
    await portal.mfa.close();
  });

  it('that failed before another change: what holds now is noted', async () => {
    const { portal, table } = await portalWhoseTable(() => Promise.reject(new Error('The table is locked.')));
    await portal.records.removeAllAuthenticators('ada');
    await giveApp(portal, 'ada');
    await portal.mfa.members.reset({ userId: 'ada', organizationId: 'acme' }, { reason: 'Lost the phone' });
    await giveApp(portal, 'ada');
    table.isBroken = false;
    await portal.mfa.retryNotices();
    expect(table.noted).toEqual([['ada', true]]);
    await portal.mfa.close();
  });
});

describe.each(allStoreKinds)('new recovery codes, on $kind', ({ open }) => {
  const { records, state, close } = open();
  afterAll(close);

  async function withNewCodes() {
    const portal = await createSettingsPortal({}, { records, state });
    const { id: userId } = addPerson(portal);
    const app = await giveApp(portal, userId);
    const person = await signInWithApp(portal, userId, app);
    await person.get('/mfa/settings');
    const made = await person.post('/mfa/settings/recovery-codes');
    expect(made.headers['location']).toContain(PATH);
    const codes = listed((await person.get(PATH)).text);
    expect(codes).toHaveLength(10);
    const [session] = await portal.mfa.sessionsOf(userId).list();
    const owner = { userId, ownerId: session?.handle ?? '' };
    return { portal, app, userId, owner, person, codes };
  }

  it('are shown in every tab and after a reload, until they are acknowledged', async () => {
    const { portal, person, codes } = await withNewCodes();
    expect(listed((await person.get(PATH)).text)).toEqual(codes);
    expect((await person.getJson(PATH)).body.recoveryCodes).toEqual(codes);
    expect((await person.getJson(PATH)).body.recoveryCodes).toEqual(codes);
    const settings = await person.get('/mfa/settings');
    expect(textOf(settings.text)).toContain('You haven’t saved your new codes yet.');
    expect(settings.text).toContain(`href="${PATH}?`);
    expect((await person.get('/mfa/login')).headers['location']).toBe(`${PATH}?returnTo=%2F`);
    await person.post(PATH, { saved: 'yes' });
    expect(listed((await person.get(PATH)).text)).toEqual([]);
    expect((await person.getJson(PATH)).body).not.toHaveProperty('recoveryCodes');
    expect(textOf((await person.get('/mfa/settings')).text)).not.toContain('You have not saved');
    expect((await person.get('/mfa/login')).headers['location']).toBe('/');
    await portal.mfa.close();
  });

  it('go on with the session through a proof, for ten minutes and not a millisecond longer', async () => {
    const { portal, app, person, codes } = await withNewCodes();
    portal.clock.advance(599_999);
    const code = totpCode(app.secret, portal.clock.now());
    const proven = await person.postJson('/mfa/step-up', { authenticatorId: app.id, code });
    expect(proven.body.outcome).toBe('stepped-up');
    expect(listed((await person.get(PATH)).text)).toEqual(codes);
    portal.clock.advance(1);
    const page = await person.get(PATH);
    expect(listed(page.text)).toEqual([]);
    expect(textOf(page.text)).toContain('make a new set in your settings');
    expect((await person.post(`${PATH}/download`)).status).toBe(409);
    await portal.mfa.close();
  });

  it('are kept sealed, shown in no other session, and gone after a sign-out', async () => {
    const { portal, app, userId, owner, person, codes } = await withNewCodes();
    const kept = await portal.state.findUnseenCodes(owner);
    expect(kept?.sealed).toEqual(expect.any(String));
    for (const code of codes) expect(JSON.stringify(kept)).not.toContain(code);
    const other = await signInWithApp(portal, userId, app);
    expect(listed((await other.get(PATH)).text)).toEqual([]);
    expect((await other.getJson(PATH)).body).not.toHaveProperty('recoveryCodes');
    expect(listed((await person.get(PATH)).text)).toEqual(codes);
    await person.post('/mfa/logout');
    expect(await portal.state.findUnseenCodes(owner)).toBeUndefined();
    expect((await person.get(PATH)).status).toBe(303);
    await portal.mfa.close();
  });

  it('are not shown to another user in the same browser, nor once the session was ended', async () => {
    const { portal, app, userId, person, codes } = await withNewCodes();
    const { id: otherId } = addPerson(portal);
    const otherApp = await giveApp(portal, otherId);
    // The host signs another user in over the session and keeps its data.
    await person.post(`/sso/${otherId}?keep=yes`);
    await person.getJson('/mfa/state');
    portal.clock.advance(30_000);
    const code = totpCode(otherApp.secret, portal.clock.now());
    await person.postJson('/mfa/challenge', { code });
    const page = await person.get(PATH);
    expect([page.status, listed(page.text)]).toEqual([200, []]);
    expect((await person.getJson(PATH)).body).not.toHaveProperty('recoveryCodes');
    for (const shown of codes) expect((await person.post(`${PATH}/download`)).text).not.toContain(shown);

    const again = await signInWithApp(portal, userId, app);
    await again.get('/mfa/settings');
    await again.post('/mfa/settings/recovery-codes');
    expect(listed((await again.get(PATH)).text)).toHaveLength(10);
    await portal.mfa.sessionsOf(userId).endAll();
    const ended = await again.get(PATH);
    expect([ended.status, listed(ended.text)]).toEqual([303, []]);
    await portal.mfa.close();
  });

  it('are not shown once a newer set has taken their place in another session', async () => {
    const { portal, app, userId, person } = await withNewCodes();
    const other = await signInWithApp(portal, userId, app);
    await other.get('/mfa/settings');
    await other.post('/mfa/settings/recovery-codes');
    expect(listed((await person.get(PATH)).text)).toEqual([]);
    expect(listed((await other.get(PATH)).text)).toHaveLength(10);
    await portal.mfa.close();
  });

  it('are shown where the sign-in times out while the method is stored', async () => {
    const portal = await createSettingsPortal(
      {},
      {
        records,
        state,
        directory: {
          async noteEnrolled() {
            portal.clock.advance(1000);
          },
        },
      },
    );
    const { id: userId } = addPerson(portal);
    const person = visit(portal);
    await person.logIn(userId);
    const { body } = await person.postJson('/mfa/enroll/totp');
    portal.clock.advance(599_500);
    const code = totpCode(body.totp.secret, portal.clock.now());
    const confirmed = await person.post('/mfa/enroll/totp/confirm', { code });
    expect(confirmed.headers['location']).toBe(PATH);
    expect(listed((await person.get(PATH)).text)).toHaveLength(10);
    await portal.mfa.close();
  });

  it('are seen at the next proof where the enrollment failed after the factor was bound', async () => {
    let isBroken = false;
    const failing: typeof records = {
      ...records,
      async write(owner, changes) {
        const written = await records.write(owner, changes);
        if (changes.some(({ name, next }) => name === 'recovery-codes' && next !== undefined))
          isBroken = true;
        return written;
      },
      read: (queries) => (isBroken ? Promise.reject(new Error('The store is down.')) : records.read(queries)),
    };
    const portal = await createSettingsPortal({}, { records: failing, state });
    const { id: userId } = addPerson(portal);
    const person = visit(portal);
    await person.logIn(userId);
    const { body } = await person.postJson('/mfa/enroll/totp');
    const { secret } = body.totp as { secret: string };
    const code = totpCode(secret, portal.clock.now());
    // Other sessions go on, and so does this login.
    const confirm = await person.post('/mfa/enroll/totp/confirm', { code, endOthersShown: 'yes' });
    expect(confirm.status).toBe(500);
    isBroken = false;
    portal.clock.advance(30_000);
    const asked = await person.get('/mfa/challenge');
    expect(asked.status).toBe(200);
    const proven = await person.post('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
    expect(proven.headers['location']).toBe(`${PATH}?returnTo=%2F`);
    expect(listed((await person.get(PATH)).text)).toHaveLength(10);
    await portal.mfa.close();
  });
});
