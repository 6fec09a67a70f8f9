import * as fc from 'fast-check';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal, PASSWORD } from '../../support/portal';
import type { PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode, wrongCode } from '../../support/totp';

// A clock is far ahead for a while, of this process or of another one at the same stores. What it has written must not keep a proof
// fresh, a lock closed, a person waiting or a session alive once clocks are right, nor push out what was stored.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe.each(storeKinds)('a clock that was ahead on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { mfa, clock } = portal;

  beforeAll(async () => {
    // Behind the store's own clock, so that only what is ahead of it is ahead.
    clock.set(Math.floor(Date.now() / 30_000) * 30_000 - 300 * DAY);
    await mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'assigned',
      rememberBrowserSeconds: 30 * 86_400,
      idleTimeoutSeconds: null,
    });
  });

  afterAll(async () => {
    await mfa.settled();
    close();
  });

  async function ahead<Done>(milliseconds: number, act: () => Promise<Done>): Promise<Done> {
    clock.advance(milliseconds);
    const done = await act();
    await mfa.settled();
    clock.advance(-milliseconds);
    return done;
  }

  async function personWithApp() {
    const person = addPerson(portal);
    return { person, ...(await plantApp(portal, person.id)) };
  }

  const codeOf = (secret: string) => totpCode(secret, clock.now());

  async function signInByApp({ username }: PortalUser, secret: string, fields: object = {}): Promise<Member> {
    const member = visit(portal);
    await member.logIn(username);
    const proven = await member.postJson('/mfa/challenge', { code: codeOf(secret), ...fields });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    return member;
  }

  it('leaves no proof that is fresh, not even when that time has come', async () => {
    const { person, secret } = await personWithApp();
    const member = await ahead(HOUR, () => signInByApp(person, secret));
    const asked = await member.postJson('/payouts');
    expect(asked.body).toMatchObject({ outcome: 'challenge', because: 'authentication-too-old' });
    clock.advance(HOUR);
    expect((await member.postJson('/payouts')).body).toMatchObject({ outcome: 'challenge' });
    expect((await member.postJson('/mfa/enroll/sms')).body).toMatchObject({ outcome: 'challenge' });
  });

  it('leaves no step-up that is fresh in a session that had begun before', async () => {
    const { person, secret } = await personWithApp();
    const member = await signInByApp(person, secret);
    await ahead(YEAR / 12, async () => {
      await member.postJson('/mfa/step-up', { code: codeOf(secret) });
      expect((await member.postJson('/payouts')).body).toEqual({ paid: true });
    });
    clock.advance(10 * MINUTE);
    expect((await member.postJson('/payouts')).body).toMatchObject({ outcome: 'challenge' });
    await member.postJson('/mfa/step-up', { code: codeOf(secret) });
    expect((await member.postJson('/payouts')).body).toEqual({ paid: true });
  });

  it('leaves no session that lasts longer than the policy says from when it is next seen', async () => {
    const person = addPerson(portal);
    const member = visit(portal);
    await ahead(YEAR, () => member.logIn(person.username));
    const seenAt = clock.now();
    expect((await member.getJson('/')).body.session).toMatchObject({ expiresAt: seenAt + 90 * DAY });
    clock.advance(89 * DAY);
    expect((await member.getJson('/')).status).toBe(200);
    clock.advance(DAY);
    expect((await member.getJson('/')).status).toBe(401);
    clock.advance(-90 * DAY);
  });

  it('leaves no session that idles for longer than the policy says', async () => {
    await mfa.policies.save('acme', { idleTimeoutSeconds: 900 });
    const person = addPerson(portal);
    const member = visit(portal);
    await member.logIn(person.username);
    await ahead(10 * MINUTE, () => member.getJson('/'));
    expect((await member.getJson('/')).status).toBe(200);
    clock.advance(15 * MINUTE);
    expect((await member.getJson('/')).status).toBe(401);
    await mfa.policies.save('acme', { idleTimeoutSeconds: null });
  });

  it('leaves a lock that lasts as long as a lock lasts, and is told of', async () => {
    const { person, secret } = await personWithApp();
    await ahead(YEAR, async () => {
      for (let round = 0; round < 2; round += 1) {
        const guest = visit(portal);
        await guest.logIn(person.username);
        for (let tries = 0; tries < 5; tries += 1)
          await guest.postJson('/mfa/challenge', { code: wrongCode(codeOf(secret)) });
      }
    });
    const owner = visit(portal);
    await owner.logIn(person.username);
    const refused = await owner.postJson('/mfa/challenge', { code: codeOf(secret) });
    expect([refused.status, refused.body.because]).toEqual([429, 'locked']);
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({ because: 'locked' });
    clock.advance(29 * MINUTE);
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({ because: 'locked' });
    clock.advance(MINUTE);
    await signInByApp(person, secret);
    expect(portal.errors.filter((error) => String(error).includes('The date of a lock'))).toHaveLength(1);
    const { findings } = await mfa.check();
    expect(findings.filter(({ part }) => part === 'clock').map(({ message }) => message)).toContainEqual(
      expect.stringContaining('in the future'),
    );
  });

  it('leaves nobody waiting for a code longer than the window', async () => {
    const person = addPerson(portal);
    const destination = person.email ?? '';
    await plantAddress(portal, person.id, { kind: 'email', destination });
    await ahead(3 * DAY, () => visit(portal).logIn(person.username));
    const login = await visit(portal).logIn(person.username);
    expect(Number(login.body.notSent?.retryAfterSeconds ?? 0)).toBeLessThanOrEqual(600);
    clock.advance(10 * MINUTE);
    const again = visit(portal);
    expect((await again.logIn(person.username)).body.sent).toMatchObject({ kind: 'email' });
    const proven = await again.postJson('/mfa/challenge', { code: again.newestCode(destination) });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('leaves no code and no unfinished login that works for longer than they do', async () => {
    const person = addPerson(portal);
    const destination = person.email ?? '';
    await plantAddress(portal, person.id, { kind: 'email', destination });
    const member = visit(portal);
    await ahead(HOUR, () => member.logIn(person.username));
    const late = await member.postJson('/mfa/challenge', { code: member.newestCode(destination) });
    expect(late.body.outcome).not.toBe('signed-in');
    expect((await member.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('leaves the codes of the present to an app, each once', async () => {
    const { person, secret } = await personWithApp();
    await ahead(YEAR, () => signInByApp(person, secret));
    await signInByApp(person, secret);
    const again = visit(portal);
    await again.logIn(person.username);
    const replayed = await again.postJson('/mfa/challenge', { code: codeOf(secret) });
    expect(replayed.body).toMatchObject({ outcome: 'rejected', because: 'code-used' });
  });

  it('leaves no browser remembered', async () => {
    const { person, secret } = await personWithApp();
    const browser = await ahead(HOUR, () => signInByApp(person, secret, { rememberBrowser: true }));
    expect(browser.cookie('mfa-browser')).toBeDefined();
    await browser.postJson('/mfa/logout');
    const login = await browser.postJson('/mfa/login', { username: person.username, password: PASSWORD });
    expect(login.body).toMatchObject({ outcome: 'challenge' });
    expect(browser.cookie('mfa-browser')).toBeUndefined();
  });

  it('leaves nobody exempt yet', async () => {
    const { person } = await personWithApp();
    const member = { userId: person.id, organizationId: 'acme', actorId: 'ada' };
    await ahead(YEAR, () =>
      mfa.members.exempt(member, { reason: 'Nightly import', until: clock.now() + DAY }),
    );
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({ outcome: 'challenge' });
  });

  it('leaves a reset held against an address for an hour, and no longer', async () => {
    const person = addPerson(portal);
    const address = person.email ?? '';
    await plantAddress(portal, person.id, { kind: 'email', destination: address });
    await ahead(YEAR, () => mfa.notePasswordReset(person.id, { channel: 'email', address }));
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({ because: 'same-channel' });
    await mfa.settled();
    clock.advance(61 * MINUTE);
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({ outcome: 'challenge' });
  });

  it('leaves every event that was stored before', async () => {
    const person = addPerson(portal);
    await visit(portal).logIn(person.username);
    await mfa.settled();
    const before = clock.now();
    await ahead(500 * DAY, () => visit(portal).logIn(person.username));
    const { events } = await records.listEvents({
      organizationId: 'acme',
      limit: 1000,
      userIds: [person.id],
    });
    expect(events.filter(({ name, at }) => name === 'signed-in' && at === before)).toHaveLength(1);
  });

  it('by however much, leaves nothing open', async () => {
    const jumps = fc.array(fc.integer({ min: 2, max: 400 * 24 * 60 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(jumps, async (minutes) => {
        for (const jump of minutes) {
          const { person, secret } = await personWithApp();
          const member = await ahead(jump * MINUTE, () => signInByApp(person, secret));
          expect((await member.postJson('/payouts')).body).toMatchObject({ outcome: 'challenge' });
          await signInByApp(person, secret);
          clock.advance(jump % 2 === 0 ? MINUTE : -MINUTE);
        }
      }),
      { numRuns: 3 },
    );
  });
});
