import { createMfa, memoryRecords, memoryState } from '../../../src/index';
import { addPerson, visit, type Member } from '../../support/member';
import { giveApp } from '../../support/own-factors';
import { ORIGIN, aPasskey, createPasskeyPortal, enrollPasskey } from '../../support/passkeys';
import { TEST_KEY, type Portal, type PortalUser } from '../../support/portal';
import { withRules } from '../../support/records';
import { allStoreKinds } from '../../support/store-kinds';
import type { SoftwarePasskey } from '../../../src/testing/software-passkey';

type Forged = Parameters<SoftwarePasskey['authenticate']>[1];

async function optionsFor(guest: Member) {
  const { body } = await guest.postJson('/mfa/login/passkey/options');
  expect(body).toMatchObject({ outcome: 'challenge', passkey: { options: { rpId: 'localhost' } } });
  return body.passkey.options;
}

async function signIn(guest: Member, passkey: SoftwarePasskey, forged?: Forged) {
  const response = passkey.authenticate(await optionsFor(guest), forged);
  return guest.postJson('/mfa/login/passkey', { response });
}

async function newestEvent({ mfa, records }: Portal, organizationId: string) {
  await mfa.settled();
  return (await records.listEvents({ organizationId, limit: 1 })).events[0];
}

const isSignedIn = async (guest: Member) => (await guest.getJson('/whoami')).body.authenticated;

describe.each(allStoreKinds)('signing in with a passkey, with $kind stores', ({ open }) => {
  const stores = open();
  const refusedIds = new Set<string>();
  let portal: Portal;
  let person: PortalUser;
  let passkey: SoftwarePasskey;

  beforeAll(async () => {
    const { records, state } = stores;
    const directory = { maySignIn: ({ id }: PortalUser) => !refusedIds.has(id) };
    portal = await createPasskeyPortal({}, { records, state, passkeys: { signIn: true }, directory });
    person = addPerson(portal);
    passkey = aPasskey();
    await enrollPasskey(portal, person.username, passkey);
  });

  afterEach(() => refusedIds.clear());

  afterAll(async () => {
    await portal.mfa.close();
    stores.close();
    expect(portal.errors).toEqual([]);
  });

  async function expectRefused(
    guest: Member,
    answer: Awaited<ReturnType<typeof signIn>>,
    because = 'wrong-code',
  ) {
    expect([answer.status, answer.body]).toMatchObject([401, { outcome: 'rejected', because }]);
    expect(await isSignedIn(guest)).toBe(false);
  }

  it('asks for no name and no password, and proves both factors', async () => {
    const guest = visit(portal);
    const options = await optionsFor(guest);
    expect(options).toMatchObject({ allowCredentials: [], userVerification: 'required' });
    const response = passkey.authenticate(options);
    const answer = await guest.postJson('/mfa/login/passkey', { response, returnTo: '/plain' });
    expect(answer.body).toMatchObject({ outcome: 'signed-in', because: 'satisfied', next: '/plain' });
    expect((await guest.getJson('/')).body).toMatchObject({
      user: person.id,
      session: { assurance: 'multi-factor', assuranceLevel: 2, amr: ['hwk', 'pop', 'user'] },
    });
    const { authenticators } = await portal.records.findMember(person.id, 'acme');
    expect(authenticators).toMatchObject([{ kind: 'passkey', lastUsedAt: portal.clock.now() }]);
    await portal.mfa.events.settled();
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 10 });
    expect(events.slice(0, 2).map(({ name }) => name)).toEqual(['signed-in', 'proof-accepted']);
    expect(events[0]?.loginId).toEqual(expect.any(String));
    expect(events[1]?.loginId).toBe(events[0]?.loginId);
  });

  it('goes on to a fresh proof with the same passkey, and stays signed in by both factors', async () => {
    const guest = visit(portal);
    await signIn(guest, passkey);
    portal.clock.advance(3_600_000);
    expect((await guest.postJson('/payouts')).status).toBe(401);
    const asked = await guest.getJson('/mfa/step-up');
    const response = passkey.authenticate(asked.body.passkey.options);
    expect((await guest.postJson('/mfa/step-up', { response })).body).toMatchObject({
      outcome: 'stepped-up',
    });
    expect((await guest.postJson('/payouts')).body).toEqual({ paid: true });
    expect((await guest.getJson('/')).body.session).toMatchObject({ assurance: 'multi-factor' });
  });

  it('begins a session that ends with all others', async () => {
    const guest = visit(portal);
    await signIn(guest, passkey);
    expect(await isSignedIn(guest)).toBe(true);
    const before = guest.cookieHeader();
    await portal.mfa.sessionsOf(person.id).endAll();
    expect((await guest.getJson('/')).status).toBe(401);
    expect((await signIn(guest, passkey)).body).toMatchObject({ outcome: 'signed-in' });
    expect(guest.cookieHeader()).not.toBe(before);
  });

  it('stores nothing for a challenge that nobody answers', async () => {
    const guest = visit(portal);
    const first = await optionsFor(guest);
    const second = await optionsFor(guest);
    expect(second.challenge).not.toBe(first.challenge);
    const page = await guest.get('/mfa/login');
    expect(page.text).toContain('autocomplete="username webauthn"');
    expect(page.text).toContain('Sign in with a passkey');
    expect(page.text).toContain('data-passkey="sign-in"');
    // All of them can be answered.
    for (const options of [first, second]) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await guest.postJson('/mfa/login/passkey', { response: passkey.authenticate(options) });
      expect(answer.body).toMatchObject({ outcome: 'signed-in' });
    }
  });

  it('takes an answer once, also of those that come at the same time', async () => {
    const guest = visit(portal);
    const response = passkey.authenticate(await optionsFor(guest));
    await guest.csrfToken();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => guest.postJson('/mfa/login/passkey', { response })),
    );
    expect(answers.filter(({ body }) => body.outcome === 'signed-in')).toHaveLength(1);
    const later = visit(portal);
    await expectRefused(later, await later.postJson('/mfa/login/passkey', { response }), 'code-expired');
  });

  it('refuses the challenge of another visitor', async () => {
    const [victim, attacker] = [visit(portal), visit(portal)];
    const response = passkey.authenticate(await optionsFor(attacker));
    await optionsFor(victim);
    await expectRefused(victim, await victim.postJson('/mfa/login/passkey', { response }), 'code-expired');
  });

  it('refuses a challenge after five minutes, and one that is not ours', async () => {
    const guest = visit(portal);
    const response = passkey.authenticate(await optionsFor(guest));
    portal.clock.advance(300_000);
    await expectRefused(guest, await guest.postJson('/mfa/login/passkey', { response }), 'code-expired');
    const forged = { clientData: { challenge: Buffer.alloc(54).toString('base64url') } };
    await expectRefused(guest, await signIn(guest, passkey, forged), 'code-expired');
  });

  it.each<[string, Forged]>([
    ['another origin', { clientData: { origin: 'https://evil.example' } }],
    ['a frame of another site', { clientData: { crossOrigin: true } }],
    ['another relying party', { rpId: 'evil.example' }],
    ['nobody present', { userPresent: false }],
    ['another signature', { signature: Buffer.alloc(70, 1) }],
    ['a credential that nobody has', { credentialId: Buffer.alloc(32, 7).toString('base64url') }],
    ['another user handle', { userHandle: Buffer.alloc(32, 7).toString('base64url') }],
    ['no user handle', { userHandle: null }],
  ])('refuses %s with one and the same answer', async (_what, forged) => {
    const guest = visit(portal);
    const answer = await signIn(guest, passkey, forged);
    await expectRefused(guest, answer);
    expect(await newestEvent(portal, '')).toMatchObject({
      name: 'proof-rejected',
      details: { because: expect.any(String), purpose: 'login', kind: 'passkey' },
    });
    await portal.records.removeEvents('');
    expect(Object.keys(answer.body).toSorted()).toEqual(['because', 'message', 'outcome']);
  });

  it('refuses junk, and what answers nothing', async () => {
    const guest = visit(portal);
    for (const response of [undefined, '', '{', 'x'.repeat(9000), { id: 1 }, [], passkey.credentialId]) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await guest.postJson('/mfa/login/passkey', { response });
      expect([answer.status, answer.body]).toMatchObject([400, { because: 'malformed-code' }]);
    }
    expect(await isSignedIn(guest)).toBe(false);
  });

  it('refuses people whom the host does not let in, as if nobody had the passkey', async () => {
    const guest = visit(portal);
    refusedIds.add(person.id);
    await expectRefused(guest, await signIn(guest, passkey));
    expect(await newestEvent(portal, 'acme')).toMatchObject({
      name: 'proof-rejected',
      userId: person.id,
      details: { because: 'may-not-sign-in' },
    });
    refusedIds.clear();
    portal.users.set(person.id, { ...person, active: false });
    await expectRefused(guest, await signIn(guest, passkey));
    portal.users.set(person.id, { ...person, federated: true });
    await expectRefused(guest, await signIn(guest, passkey));
    portal.users.delete(person.id);
    await expectRefused(guest, await signIn(guest, passkey));
    portal.users.set(person.id, person);
    expect((await signIn(guest, passkey)).body).toMatchObject({ outcome: 'signed-in' });
  });

  it('works only where the policy of the person’s own organization allows passkeys', async () => {
    const guest = visit(portal);
    await portal.mfa.policies.save('lax', { enabled: true, methods: ['totp', 'email'] });
    portal.users.set(person.id, { ...person, organizationId: 'lax' });
    await expectRefused(guest, await signIn(guest, passkey));
    portal.users.set(person.id, { ...person, organizationId: 'none' });
    await expectRefused(guest, await signIn(guest, passkey));
    await portal.mfa.policies.save('off', { enabled: false, methods: ['passkey', 'email'] });
    portal.users.set(person.id, { ...person, organizationId: 'off' });
    await expectRefused(guest, await signIn(guest, passkey));
    await portal.mfa.policies.save('lax', { methods: ['passkey', 'email'] });
    portal.users.set(person.id, { ...person, organizationId: 'lax' });
    expect((await signIn(guest, passkey)).body).toMatchObject({ outcome: 'signed-in' });
    portal.users.set(person.id, person);
  });

  it('asks for the password where the authenticator verified nobody, now or when it was registered', async () => {
    const guest = visit(portal);
    const answer = await signIn(guest, passkey, { userVerified: false });
    await expectRefused(guest, answer, 'not-verified');
    expect(await newestEvent(portal, 'acme')).toMatchObject({
      name: 'proof-rejected',
      userId: person.id,
      details: { because: 'not-verified' },
    });
    expect(answer.body.message).toContain('Sign in with your password');
    const key = aPasskey({ userVerification: false });
    const { username } = addPerson(portal);
    await enrollPasskey(portal, username, key);
    await expectRefused(guest, await signIn(guest, key, { userVerified: true }), 'not-verified');
  });

  it('counts junk against the address, and against nobody', async () => {
    const { username } = person;
    for (let count = 0; count < 12; count += 1) {
      const guest = visit(portal);
      // oxlint-disable-next-line no-await-in-loop
      await expectRefused(guest, await signIn(guest, passkey, { signature: Buffer.alloc(70, 1) }));
    }
    const guest = visit(portal);
    expect((await guest.logIn(username)).body).toMatchObject({ outcome: 'challenge' });
    expect((await signIn(guest, passkey)).body).toMatchObject({ outcome: 'signed-in' });
  });

  it('is not stopped by a lock of codes', async () => {
    const now = portal.clock.now();
    const limits = { perChallenge: 5, perUser: 1, perAuthenticator: 100, lockSeconds: 1800 };
    const guess = { userId: person.id, group: 'codes', authenticatorId: null, rank: 1, limits, now } as const;
    await portal.records.spendGuess(guess);
    expect((await portal.records.spendGuess(guess)).outcome).toBe('locked');
    const guest = visit(portal);
    expect((await signIn(guest, passkey)).body).toMatchObject({ outcome: 'signed-in' });
    await portal.records.clearGuesses(person.id);
  });

  it('refuses a copy of an authenticator that counts, and tells its owner', async () => {
    const { username, email } = addPerson(portal);
    const counting = aPasskey({ counts: true });
    await enrollPasskey(portal, username, counting);
    const copy = counting.clone();
    const guest = visit(portal);
    expect((await signIn(guest, counting)).body).toMatchObject({ outcome: 'signed-in' });
    const thief = visit(portal);
    await expectRefused(thief, await signIn(thief, copy));
    await portal.mfa.settled();
    expect(portal.outbox.messages.filter(({ to }) => to === email).at(-1)?.subject).toContain('copied');
  });
});

// The attack: the thief of a security key signs in in the moment in which its owner removes it and ends all sessions.
describe('a passkey that is removed while somebody signs in with it', () => {
  async function openRace() {
    const stored = memoryRecords();
    const elsewhere = withRules(stored);
    const race = { before: async () => undefined as void, after: async () => undefined as void };
    const once = async (when: 'before' | 'after') => {
      const act = race[when];
      race[when] = async () => undefined;
      await act();
    };
    const records: typeof stored = {
      ...stored,
      async write(...change) {
        // The browser of an enrollment is noted in the background.
        const isMember = change[1].some(({ name }) => name === 'member');
        if (isMember) await once('before');
        const written = await stored.write(...change);
        if (isMember) await once('after');
        return written;
      },
    };
    const directory = { maySignIn: () => true };
    const portal = await createPasskeyPortal({}, { records, passkeys: { signIn: true }, directory });
    const { id, username } = addPerson(portal);
    const passkey = aPasskey();
    await enrollPasskey(portal, username, passkey);
    await giveApp(portal, id);
    const { authenticators } = await elsewhere.findMember(id, 'acme');
    const stolen = authenticators.find(({ kind }) => kind === 'passkey');
    const remove = async () => {
      await elsewhere.removeAuthenticator(id, stolen?.id ?? '');
      await elsewhere.replaceUserEpoch(id, { epoch: 'after the removal', endedAt: portal.clock.now() });
    };
    return { portal, id, passkey, race, remove, thief: visit(portal) };
  }

  it('does not sign in once it was accepted', async () => {
    const { portal, id, passkey, race, remove, thief } = await openRace();
    race.after = remove;
    const refused = await signIn(thief, passkey);
    expect([refused.status, refused.body.because]).toEqual([403, 'session-ended']);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await portal.mfa.sessionsOf(id).list()).toEqual([]);
    await portal.mfa.close();
  });

  it('is not accepted', async () => {
    const { portal, id, passkey, race, remove, thief } = await openRace();
    race.before = remove;
    const refused = await signIn(thief, passkey);
    expect([refused.status, refused.body.because]).toEqual([401, 'code-used']);
    expect(await newestEvent(portal, 'acme')).toMatchObject({
      name: 'proof-rejected',
      userId: id,
      details: { because: 'code-used' },
    });
    expect(await isSignedIn(thief)).toBe(false);
    await portal.mfa.close();
  });
});

describe('the limit on wrong passwords', () => {
  it('holds for junk in the place of a passkey, from one address', async () => {
    const portal = await createPasskeyPortal(
      {},
      {
        passkeys: { signIn: true },
        directory: { maySignIn: () => true },
        passwordThrottle: { perAddress: { points: 3, seconds: 900 } },
      },
    );
    const guest = visit(portal);
    for (let count = 0; count < 3; count += 1)
      // oxlint-disable-next-line no-await-in-loop
      await guest.postJson('/mfa/login/passkey', { response: 'junk' });
    const answer = await guest.postJson('/mfa/login/passkey', { response: 'junk' });
    expect([answer.status, answer.body]).toMatchObject([429, { because: 'too-many-passwords' }]);
    expect(await newestEvent(portal, '')).toMatchObject({ name: 'password-throttled' });
    expect((await guest.logIn('ada')).status).toBe(429);
    await portal.mfa.close();
  });
});

describe('the option passkeys.signIn', () => {
  it('is refused at start without users.maySignIn', () => {
    const options = {
      issuer: 'Acme',
      baseUrl: ORIGIN,
      keys: [TEST_KEY],
      records: memoryRecords(),
      state: memoryState(),
      passkeys: { signIn: true },
    };
    const users = { findById: () => undefined };
    expect(() => createMfa({ ...options, users })).toThrow(/passkeys\.signIn.*users\.maySignIn/s);
    expect(() => createMfa({ ...options, users: { ...users, maySignIn: () => true } })).not.toThrow();
  });

  it('is off by default: there are no such routes, and the page offers nothing', async () => {
    const portal = await createPasskeyPortal();
    const guest = visit(portal);
    expect((await guest.postJson('/mfa/login/passkey/options')).status).toBe(404);
    expect((await guest.postJson('/mfa/login/passkey', { response: '{}' })).status).toBe(404);
    expect((await guest.get('/mfa/login')).text).not.toContain('passkey');
    await portal.mfa.close();
  });
});
