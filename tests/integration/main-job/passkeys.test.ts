import { addPerson, enrollApp, visit } from '../../support/member';
import {
  aPasskey,
  createPasskeyPortal,
  enrollPasskey,
  registerPasskey,
  stepUpWithPasskey,
} from '../../support/passkeys';
import type { Portal } from '../../support/portal';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

const HOUR = 3_600_000;

describe.each(allStoreKinds)('a passkey, with $kind stores', ({ open }) => {
  const stores = open();
  let portal: Portal;

  beforeAll(async () => {
    const { records, state } = stores;
    portal = await createPasskeyPortal({}, { records, state });
  });

  afterAll(async () => {
    await portal.mfa.close();
    stores.close();
    expect(portal.errors).toEqual([]);
  });

  const authenticatorsOf = async (id: string) => (await portal.records.findMember(id, 'acme')).authenticators;

  it('is set up with the first sign-in, and comes with recovery codes', async () => {
    const { id, username } = addPerson(portal);
    const member = visit(portal);
    const first = await member.logIn(username);
    expect(first.body).toMatchObject({ outcome: 'enroll' });
    expect(first.body.anyOf[0]).toBe('passkey');
    const started = await member.postJson('/mfa/enroll/passkey');
    const { options } = started.body.passkey;
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Acme Portal' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred' },
    });
    expect(options.user.id).not.toContain(id);
    const response = aPasskey({ backupEligible: true, backedUp: true }).register(options);
    const confirmed = await member.postJson('/mfa/enroll/passkey/confirm', { response });
    expect(confirmed.body).toMatchObject({
      outcome: 'enrolled',
      kind: 'passkey',
      recoveryCodes: expect.any(Array),
    });
    expect((await member.getJson('/whoami')).body).toMatchObject({ authenticated: true });
    expect(await authenticatorsOf(id)).toMatchObject([
      { kind: 'passkey', label: 'Passkey', sealedSecret: null, state: { format: 1, uvSeen: true } },
    ]);
  });

  it('says that the browser asks only where a script can make it ask', async () => {
    const { username } = addPerson(portal);
    await enrollPasskey(portal, username);
    const guest = visit(portal);
    await guest.logIn(username);
    expect((await guest.get('/mfa/challenge')).text).toContain('<p class="lead script-only">');
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect((await guest.get('/mfa/challenge')).text).toContain('<p class="lead">');
  });

  it('signs in, once for each challenge', async () => {
    const { id, username } = addPerson(portal);
    const { passkey } = await enrollPasskey(portal, username);
    const guest = visit(portal);
    const asked = await guest.logIn(username);
    expect(asked.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'passkey' }, { kind: 'recovery-code' }],
      passkey: { options: { rpId: 'localhost', allowCredentials: [{ id: passkey.credentialId }] } },
    });
    const issued: unknown[] = [];
    portal.mfa.events.on('event', ({ name }) => name === 'challenge-issued' && issued.push(name));
    // A page that is opened in another tab asks for the same proof.
    await guest.get('/mfa/challenge');
    expect(issued).toEqual([]);
    const response = passkey.authenticate(asked.body.passkey.options);
    expect((await guest.postJson('/mfa/challenge', { response })).body).toMatchObject({
      outcome: 'signed-in',
    });
    const [own] = await authenticatorsOf(id);
    expect(own?.lastUsedAt).toBe(portal.clock.now());
    const again = visit(portal);
    await again.logIn(username);
    expect((await again.postJson('/mfa/challenge', { response })).body).toMatchObject({
      outcome: 'rejected',
      because: 'wrong-code',
    });
    expect((await again.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('is asked for by one challenge, however often the page is opened, until that is over', async () => {
    const { username } = addPerson(portal);
    await enrollPasskey(portal, username);
    const guest = visit(portal);
    const { passkey: first } = (await guest.logIn(username)).body;
    const asked = async () => (await guest.getJson('/mfa/challenge')).body.passkey.options.challenge;
    expect([await asked(), await asked()]).toEqual([first.options.challenge, first.options.challenge]);
    portal.clock.advance(300_000);
    const next = await asked();
    expect(next).not.toBe(first.options.challenge);
    expect(await asked()).toBe(next);
  });

  it('signs in by no answer to a challenge that is over', async () => {
    const { username } = addPerson(portal);
    const { passkey } = await enrollPasskey(portal, username);
    const guest = visit(portal);
    const asked = await guest.logIn(username);
    const response = passkey.authenticate(asked.body.passkey.options);
    portal.clock.advance(300_000);
    expect((await guest.postJson('/mfa/challenge', { response })).body).toMatchObject({
      outcome: 'rejected',
      because: 'code-expired',
    });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('steps up, and asks all of a person’s passkeys as one choice', async () => {
    const { id, username } = addPerson(portal);
    const { member, passkey } = await enrollPasskey(portal, username);
    const second = aPasskey({ counts: true });
    portal.clock.advance(1000);
    expect((await registerPasskey(member, second, 'Blue key')).body).toMatchObject({ outcome: 'enrolled' });
    portal.clock.advance(HOUR);
    const asked = await member.getJson('/mfa/step-up');
    expect(asked.body.anyOf).toEqual([{ authenticatorId: 'any-passkey', kind: 'passkey' }]);
    expect(asked.body.passkey.options.allowCredentials).toHaveLength(2);
    expect((await stepUpWithPasskey(member, second)).body).toMatchObject({ outcome: 'stepped-up' });
    const now = portal.clock.now();
    const used = (await authenticatorsOf(id)).map(({ label, lastUsedAt }) => [label, lastUsedAt === now]);
    expect(used).toEqual([
      ['Passkey', false],
      ['Blue key', true],
    ]);
    expect((await stepUpWithPasskey(member, passkey)).body).toMatchObject({ outcome: 'stepped-up' });
  });

  it('is listed in the settings, renamed and removed', async () => {
    const { username } = addPerson(portal);
    const { member } = await enrollPasskey(
      portal,
      username,
      aPasskey({ backupEligible: true, backedUp: true }),
    );
    portal.clock.advance(1000);
    await registerPasskey(member, aPasskey());
    const { authenticators } = (await member.getJson('/mfa/settings')).body;
    expect(authenticators).toMatchObject([
      { label: 'Passkey', synced: true },
      { label: 'Passkey 2', synced: false },
    ]);
    expect(JSON.stringify(authenticators)).not.toContain('publicKey');
    const page = (await member.get('/mfa/settings')).text;
    expect(page).toContain('Synced');
    expect(page).toContain('On one device');
    const path = `/mfa/settings/authenticators/${authenticators[1].id}`;
    expect((await member.postJson(`${path}/rename`, { label: 'Old phone' })).body).toMatchObject({
      outcome: 'renamed',
    });
    expect((await member.postJson(`${path}/remove`)).body).toMatchObject({ outcome: 'removed' });
    expect((await member.getJson('/mfa/settings')).body.authenticators).toHaveLength(1);
  });

  it('is a first passkey for a person who proves their app, and from then on only a passkey adds another', async () => {
    const { username } = addPerson(portal);
    const { member, secret } = await enrollApp(portal, username);
    const passkey = aPasskey();
    expect((await registerPasskey(member, passkey)).body).toMatchObject({ outcome: 'enrolled' });
    const guest = visit(portal);
    await guest.logIn(username);
    const { authenticators } = (await member.getJson('/mfa/settings')).body;
    const app = authenticators.find(({ kind }: { kind: string }) => kind === 'totp');
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: app.id });
    portal.clock.advance(30_000);
    const code = totpCode(secret, portal.clock.now());
    expect((await guest.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
    const refused = await guest.postJson('/mfa/enroll/passkey');
    expect(refused.body).toMatchObject({ outcome: 'challenge' });
    expect((await guest.getJson('/mfa/step-up')).body.anyOf).toEqual([
      { authenticatorId: 'any-passkey', kind: 'passkey' },
    ]);
    const own = authenticators.find(({ kind }: { kind: string }) => kind === 'passkey');
    const removal = await guest.postJson(`/mfa/settings/authenticators/${own.id}/remove`);
    expect(removal.body).toMatchObject({ outcome: 'challenge' });
    await stepUpWithPasskey(guest, passkey);
    expect((await guest.postJson('/mfa/enroll/passkey')).body).toMatchObject({
      outcome: 'enrollment-started',
    });
  });

  it('is replaced after a recovery code, which opens nothing else', async () => {
    const { username } = addPerson(portal);
    const { recoveryCodes } = await enrollPasskey(portal, username);
    const guest = visit(portal);
    await guest.logIn(username);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect((await guest.postJson('/mfa/challenge', { code: recoveryCodes[0] })).body).toMatchObject({
      outcome: 'signed-in',
    });
    const [{ id: lost }] = (await guest.getJson('/mfa/settings')).body.authenticators;
    const removeLost = () => guest.postJson(`/mfa/settings/authenticators/${lost}/remove`);
    expect((await removeLost()).body).toMatchObject({ outcome: 'challenge' });
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).not.toBe('enrollment-started');
    expect((await guest.postJson('/payouts')).status).toBe(401);
    const mails = portal.outbox.messages.length;
    expect((await registerPasskey(guest, aPasskey())).body).toMatchObject({ outcome: 'enrolled' });
    await portal.mfa.settled();
    expect(
      portal.outbox.messages
        .slice(mails)
        .map(({ text }) => text)
        .join('\n'),
    ).toContain('passkey');
    expect((await removeLost()).body).toMatchObject({ outcome: 'removed' });
  });

  it('is not replaced by a recovery code that was used more than ten minutes ago', async () => {
    const { username } = addPerson(portal);
    const { recoveryCodes } = await enrollPasskey(portal, username);
    const guest = visit(portal);
    await guest.logIn(username);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    await guest.postJson('/mfa/challenge', { code: recoveryCodes[0] });
    portal.clock.advance(10 * 60_000 + 1000);
    expect((await registerPasskey(guest, aPasskey())).body).toMatchObject({ outcome: 'challenge' });
  });

  it('is the one method of a person to whom an administrator assigned it', async () => {
    const { id, username } = addPerson(portal);
    const assigned = { enabled: true, assignedKind: 'passkey' } as const;
    await portal.mfa.members.save({ userId: id, organizationId: 'acme' }, assigned);
    const member = visit(portal);
    expect((await member.logIn(username)).body).toMatchObject({ outcome: 'enroll', anyOf: ['passkey'] });
    expect((await member.postJson('/mfa/enroll/totp')).status).toBe(403);
    expect((await registerPasskey(member, aPasskey())).body).toMatchObject({ outcome: 'enrolled' });
    expect((await authenticatorsOf(id)).map(({ kind }) => kind)).toEqual(['passkey']);
  });

  it('shows its prompt on the pages, with everything the script needs', async () => {
    const { username } = addPerson(portal);
    const member = visit(portal);
    await member.logIn(username);
    expect((await member.get('/mfa/enroll/passkey')).text).toContain('value="security-key"');
    await member.postJson('/mfa/enroll/passkey', { variant: 'security-key' });
    const setUp = (await member.get('/mfa/enroll/passkey')).text;
    expect(setUp).toContain('data-passkey="create"');
    expect(setUp).toContain('discouraged');
    expect(setUp).not.toContain('id="code"');
    const passkey = aPasskey();
    await registerPasskey(member, passkey);
    const guest = visit(portal);
    await guest.logIn(username);
    const challenge = (await guest.get('/mfa/challenge')).text;
    expect(challenge).toContain('data-passkey="get"');
    expect(challenge).toContain(passkey.credentialId);
    expect(challenge).not.toContain('id="code"');
  });
});

describe('passkeys in the host’s own code', () => {
  const origin = { address: '192.0.2.7', userAgent: 'a program' };

  it('are set up and asked for by the same rules as on the pages', async () => {
    const portal = await createPasskeyPortal();
    const { authenticators, challenges } = portal.mfa;
    const begun = await authenticators.begin({ userId: 'ada' }, { kind: 'passkey' });
    if (begun.outcome !== 'enrollment-started' || begun.passkey === undefined) throw new Error(begun.outcome);
    const passkey = aPasskey();
    const registered = passkey.register(begun.passkey.options);
    const { challengeId } = begun;
    expect(
      await authenticators.confirm({ userId: 'ada' }, { challengeId, response: registered, origin }),
    ).toMatchObject({ outcome: 'enrolled', kind: 'passkey', recoveryCodes: expect.any(Array) });
    const asked = await challenges.begin({ userId: 'ada' });
    if (asked.outcome !== 'challenge' || asked.passkey === undefined) throw new Error(asked.outcome);
    const response = JSON.stringify(passkey.authenticate(asked.passkey.options));
    const answer = { challengeId: asked.challengeId, response, origin };
    const [own] = await authenticators.list('ada');
    expect(await challenges.answer({ userId: 'ada' }, answer)).toMatchObject({
      outcome: 'verified',
      kind: 'passkey',
      authenticatorId: own?.id,
      amr: ['hwk', 'pop', 'user'],
      assuranceLevel: 2,
    });
    expect(await challenges.answer({ userId: 'ada' }, answer)).toMatchObject({ outcome: 'rejected' });
    await portal.mfa.close();
  });
});

describe('without the option', () => {
  it('passkeys are neither offered nor asked for', async () => {
    const portal = await createPasskeyPortal({}, { passkeys: undefined });
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body.anyOf).not.toContain('passkey');
    expect((await ada.postJson('/mfa/enroll/passkey')).status).toBe(403);
    await portal.mfa.close();
  });
});
