import { addPerson, visit } from '../../support/member';
import { getHeld, holdVisit, postHeld } from '../../support/held-visit';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

const MINUTE = 60_000;

/** A request that stays inside until it is told to go on. */
function createGate() {
  let enter = (): void => undefined;
  let leave = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const left = new Promise<void>((resolve) => (leave = resolve));
  return { enter, leave, entered, left };
}

describe.each(storeKinds)('a session on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  let gate = createGate();
  const portal = createPortal({ records, state }, (app) => {
    app.get('/slow', (req, res, next) => {
      Object.assign(req.session, { visits: 1 });
      gate.enter();
      gate.left.then(() => res.json({ slow: true }), next);
    });
  });
  const { clock, mfa } = portal;
  let organizations = 0;

  afterAll(async () => {
    await mfa.settled();
    close();
  });

  async function signedIn(policy: Parameters<typeof mfa.policies.save>[1] = {}) {
    organizations += 1;
    const organizationId = `session-ends-${organizations}`;
    await mfa.policies.save(organizationId, { enabled: true, enrollment: 'required', ...policy });
    const person = addPerson(portal, { organizationId });
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const answer = await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.body.outcome).toBe('signed-in');
    clock.advance(30_000);
    return { guest, person, organizationId, secret, startedAt: clock.now() - 30_000 };
  }

  it('ends when its duration is over, however busy it is', async () => {
    const { guest, startedAt } = await signedIn({ sessionDurationSeconds: 3600 });
    for (let minute = 1; minute < 60; minute += 3) {
      clock.set(startedAt + minute * MINUTE);
      expect((await guest.getJson('/')).body.session).toMatchObject({ expiresAt: startedAt + 60 * MINUTE });
    }
    clock.set(startedAt + 60 * MINUTE - 1);
    expect((await guest.getJson('/')).status).toBe(200);
    clock.advance(1);
    const held = await holdVisit(guest);
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-expired' });
    expect((await getHeld(portal.app, held, '/')).status).toBe(401);
  });

  it('is not made longer by a step-up', async () => {
    const { guest, secret, startedAt } = await signedIn({ sessionDurationSeconds: 3600 });
    clock.set(startedAt + 50 * MINUTE);
    const code = totpCode(secret, clock.now());
    expect((await guest.postJson('/mfa/step-up', { code })).body.outcome).toBe('stepped-up');
    clock.set(startedAt + 60 * MINUTE);
    expect((await guest.getJson('/')).body).toMatchObject({ because: 'session-expired' });
  });

  it.each(['/', '/mfa/settings', '/mfa/sessions'])(
    'ends when nobody used it for the idle time, and only then: %s',
    async (path) => {
      const { guest } = await signedIn({ idleTimeoutSeconds: 600 });
      for (let visits = 0; visits < 5; visits += 1) {
        clock.advance(8 * MINUTE);
        expect((await guest.getJson(path)).status).toBe(200);
      }
      clock.advance(10 * MINUTE);
      expect((await guest.getJson(path)).body).toMatchObject({
        outcome: 'sign-in',
        because: 'session-expired',
      });
    },
  );

  it('obeys a shorter duration from the next request', async () => {
    const { guest, organizationId } = await signedIn();
    clock.advance(2 * 60 * MINUTE);
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.save(organizationId, { sessionDurationSeconds: 3600 });
    expect((await guest.getJson('/')).body).toMatchObject({ because: 'session-expired' });
  });

  describe.each<[string, (session: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>]>([
    ['all of the person', ({ person }) => mfa.sessionsOf(person.id).endAll()],
    ['all of the organization', ({ organizationId }) => mfa.policies.endAllSessions(organizationId)],
    [
      'this one',
      async ({ person }) => {
        const [entry] = await mfa.sessionsOf(person.id).list();
        return mfa.sessionsOf(person.id).end(entry?.handle ?? '');
      },
    ],
    ['a log-out', async ({ guest }) => postHeld(portal.app, await holdVisit(guest), '/mfa/logout')],
    [
      'a reset of the member',
      ({ person, organizationId }) =>
        mfa.members.reset({ userId: person.id, organizationId }, { reason: 'lost' }),
    ],
  ])('that %s ends', (_name, end) => {
    it('stays dead, though a request was inside that writes it back', async () => {
      const session = await signedIn();
      const held = await holdVisit(session.guest);
      gate = createGate();
      const inside = getHeld(portal.app, held, '/slow');
      await gate.entered;
      await end(session);
      gate.leave();
      expect((await inside).body).toEqual({ slow: true });
      const after = await getHeld(portal.app, held, '/plain');
      expect(after.status).toBe(401);
      expect(after.body).toMatchObject({ outcome: 'sign-in' });
      expect(
        (await postHeld(portal.app, held, '/mfa/step-up', { code: '000000' })).status,
      ).toBeGreaterThanOrEqual(401);
      expect((await getHeld(portal.app, held, '/')).status).toBe(401);
    });
  });

  it('that ends takes the logins in progress with it', async () => {
    const { person, secret } = await signedIn();
    const half = visit(portal);
    await half.logIn(person.username);
    await mfa.sessionsOf(person.id).endAll();
    const answer = await half.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.body).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    expect(await mfa.sessionsOf(person.id).list()).toEqual([]);
  });

  it('that was logged out of is dead for whoever kept the cookie, half or whole', async () => {
    const { guest, person } = await signedIn();
    const held = await holdVisit(guest);
    const out = await guest.postJson('/mfa/logout');
    expect(out.headers['set-cookie']?.[0]).toMatch(/session=;/);
    expect((await getHeld(portal.app, held, '/')).status).toBe(401);
    expect((await getHeld(portal.app, held, '/whoami')).body.authenticated).toBe(false);
    const half = visit(portal);
    await half.logIn(person.username);
    const heldHalf = await holdVisit(half);
    await half.postJson('/mfa/logout');
    expect((await getHeld(portal.app, heldHalf, '/mfa/state')).body.pending).toBeNull();
    expect(await mfa.sessionsOf(person.id).list()).toEqual([]);
  });

  it('that ended shows no recovery codes that waited to be shown', async () => {
    const person = addPerson(portal, { organizationId: (await signedIn()).organizationId });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const started = await guest.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, clock.now());
    const confirmed = await guest.post('/mfa/enroll/totp/confirm', { code });
    expect(confirmed.headers['location']).toContain('/mfa/enroll/recovery-codes');
    await mfa.sessionsOf(person.id).endAll();
    const page = await guest.get('/mfa/enroll/recovery-codes');
    expect(page.text).not.toMatch(/\d-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}/);
    expect((await guest.getJson('/mfa/enroll/recovery-codes')).body.recoveryCodes).toBeUndefined();
  });

  it('that ended tells nobody what was set up in it, or for whom', async () => {
    const person = addPerson(portal, { organizationId: (await signedIn()).organizationId });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const started = await guest.postJson('/mfa/enroll/totp');
    await guest.post('/mfa/enroll/totp/confirm', { code: totpCode(started.body.totp.secret, clock.now()) });
    await guest.post('/mfa/enroll/recovery-codes', { saved: 'yes' });
    expect((await guest.get('/mfa/enroll/done')).text).toContain('Your account is protected');
    await mfa.sessionsOf(person.id).endAll();
    const over = await guest.get('/mfa/enroll/done');
    expect([over.status, over.headers['location']]).toEqual([
      303,
      '/mfa/login?returnTo=%2Fmfa%2Fenroll%2Fdone&because=session-ended',
    ]);
    expect((await guest.getJson('/mfa/enroll/done')).status).toBe(401);
  });
});
