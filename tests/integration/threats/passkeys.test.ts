import { addPerson, enrollApp, visit, type Member } from '../../support/member';
import {
  ORIGIN,
  aPasskey,
  createPasskeyPortal,
  enrollPasskey,
  registerPasskey,
  signInWithPasskey,
} from '../../support/passkeys';
import type { Portal } from '../../support/portal';
import type { ForgedParts, RequestOptions, SoftwarePasskey } from '../../../src/testing/software-passkey';
import { wrongCode, totpCode } from '../../support/totp';

// The attacks: answers that were made for another page, request, site or person, keys that belong to somebody else, copies of an
// authenticator, and guesses that are meant to lock the owner out.

let portal: Portal;

beforeAll(async () => {
  portal = await createPasskeyPortal();
});

afterAll(async () => {
  await portal.mfa.close();
  expect(portal.errors).toEqual([]);
});

async function atChallenge(
  username: string,
): Promise<{ readonly guest: Member; readonly options: RequestOptions }> {
  const guest = visit(portal);
  const asked = await guest.logIn(username);
  return { guest, options: asked.body.passkey.options };
}

const isIn = async (guest: Member) => (await guest.getJson('/whoami')).body.authenticated;

const authenticatorsOf = async (id: string) => (await portal.records.findMember(id, 'acme')).authenticators;

const FORGERIES: readonly (readonly [string, ForgedParts])[] = [
  ['of another ceremony', { clientData: { type: 'webauthn.create' } }],
  ['to another challenge', { clientData: { challenge: 'A'.repeat(43) } }],
  ['made on another site', { clientData: { origin: 'https://portal.evil.example' } }],
  ['made on another port', { clientData: { origin: `${ORIGIN}:8080` } }],
  ['made in a frame of another site', { clientData: { crossOrigin: true } }],
  ['made below another site', { clientData: { topOrigin: 'https://evil.example' } }],
  ['for another RP id', { rpId: 'evil.example' }],
  ['without presence', { userPresent: false }],
  ['that became syncable', { backupEligible: true }],
  ['that is synced and may not be', { backedUp: true }],
  ['of another person', { userHandle: 'B'.repeat(43) }],
  ['with a wrong signature', { signature: Buffer.alloc(70, 1) }],
];

describe('an assertion', () => {
  let username: string;
  let passkey: SoftwarePasskey;

  beforeAll(async () => {
    ({ username } = addPerson(portal));
    ({ passkey } = await enrollPasskey(portal, username));
  });

  it.each(FORGERIES)('%s is refused, and nothing changes', async (_name, forged) => {
    const { guest, options } = await atChallenge(username);
    const before = await authenticatorsOf(username);
    const response = passkey.authenticate(options, forged);
    expect((await guest.postJson('/mfa/challenge', { response })).body).toMatchObject({
      outcome: 'rejected',
      because: 'wrong-code',
    });
    expect(await isIn(guest)).toBe(false);
    expect(await authenticatorsOf(username)).toEqual(before);
  });

  it('of the passkey of somebody else is refused', async () => {
    const other = addPerson(portal);
    const { passkey: theirs } = await enrollPasskey(portal, other.username);
    const { guest, options } = await atChallenge(username);
    const response = theirs.authenticate(options);
    expect((await guest.postJson('/mfa/challenge', { response })).body.outcome).toBe('rejected');
    expect(await isIn(guest)).toBe(false);
  });

  it('to the challenge of another login or of a step-up is refused', async () => {
    const { options } = await atChallenge(username);
    const { guest } = await atChallenge(username);
    const response = passkey.authenticate(options);
    expect((await guest.postJson('/mfa/challenge', { response })).body.outcome).toBe('rejected');
    const member = await signInWithPasskey(portal, username, passkey);
    const { passkey: asked } = (await member.getJson('/mfa/step-up')).body;
    const elsewhere = { response: passkey.authenticate(asked.options) };
    expect((await guest.postJson('/mfa/challenge', elsewhere)).body.outcome).toBe('rejected');
    expect(await isIn(guest)).toBe(false);
  });

  it('after five minutes is refused, though the login goes on', async () => {
    const { guest, options } = await atChallenge(username);
    portal.clock.advance(5 * 60_000);
    const late = { response: passkey.authenticate(options) };
    expect((await guest.postJson('/mfa/challenge', late)).body).toMatchObject({ because: 'code-expired' });
    const asked = await guest.getJson('/mfa/challenge');
    const response = passkey.authenticate(asked.body.passkey.options);
    expect((await guest.postJson('/mfa/challenge', { response })).body.outcome).toBe('signed-in');
  });

  it('is accepted once, however many requests bring it at once', async () => {
    const { guest, options } = await atChallenge(username);
    const response = passkey.authenticate(options);
    const answers = await Promise.all([1, 2, 3, 4].map(() => guest.postJson('/mfa/challenge', { response })));
    expect(answers.filter(({ body }) => body.outcome === 'signed-in')).toHaveLength(1);
  });
});

describe('an authenticator that was copied', () => {
  it('is refused when its counter is behind; the owner is told, and the event says so', async () => {
    const { id, username } = addPerson(portal);
    const { passkey } = await enrollPasskey(portal, username, aPasskey({ counts: true }));
    const copy = passkey.clone();
    await signInWithPasskey(portal, username, passkey);
    const before = await authenticatorsOf(id);
    const mails = portal.outbox.messages.length;
    const { guest, options } = await atChallenge(username);
    const response = copy.authenticate(options);
    expect((await guest.postJson('/mfa/challenge', { response })).body).toMatchObject({
      outcome: 'rejected',
      because: 'counter',
    });
    expect(await isIn(guest)).toBe(false);
    expect(await authenticatorsOf(id)).toEqual(before);
    await portal.mfa.settled();
    const told = portal.outbox.messages.slice(mails);
    expect(told.map(({ subject }) => subject).join()).toContain('may have been copied');
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 20 });
    expect(events).toContainEqual(
      expect.objectContaining({
        name: 'proof-rejected',
        details: expect.objectContaining({ because: 'counter' }),
      }),
    );
  });
});

describe('a registration', () => {
  async function begin() {
    const { id, username } = addPerson(portal);
    const member = visit(portal);
    await member.logIn(username);
    const { options } = (await member.postJson('/mfa/enroll/passkey')).body.passkey;
    return { id, username, member, options };
  }

  it.each([
    ['of another ceremony', { clientData: { type: 'webauthn.get' } }],
    ['to another challenge', { clientData: { challenge: 'A'.repeat(43) } }],
    ['made on another site', { clientData: { origin: 'https://evil.example' } }],
    ['made in a frame of another site', { clientData: { crossOrigin: true } }],
    ['for another RP id', { rpId: 'evil.example' }],
    ['without presence', { userPresent: false }],
    ['for an algorithm that nobody asked for', { algorithm: -47 }],
    ['with an id of 1024 bytes', { credentialId: Buffer.alloc(1024, 1).toString('base64url') }],
  ] as const)('%s binds nothing', async (_name, forged) => {
    const { id, member, options } = await begin();
    const response = aPasskey().register(options, forged);
    const answer = await member.postJson('/mfa/enroll/passkey/confirm', { response });
    expect(answer.body.outcome).toBe('rejected');
    expect(await authenticatorsOf(id)).toEqual([]);
    expect(await isIn(member)).toBe(false);
  });

  it.each([
    ['a public key that the client names', { publicKey: 'AAAA', credentialId: 'x', counter: 0 }],
    ['an assertion', null],
  ])('with %s in its place binds nothing', async (_name, body) => {
    const { id, member, options } = await begin();
    const known = aPasskey();
    known.register(options);
    const response = body ?? known.authenticate({ challenge: options.challenge });
    const answer = await member.postJson('/mfa/enroll/passkey/confirm', { response });
    expect(answer.body.outcome).toBe('rejected');
    expect(await authenticatorsOf(id)).toEqual([]);
  });

  it('of a credential that another person has binds nothing, and leaves it to its owner', async () => {
    const owner = addPerson(portal);
    const { passkey } = await enrollPasskey(portal, owner.username);
    const { id, member, options } = await begin();
    const response = aPasskey().register(options, { credentialId: passkey.credentialId });
    expect((await member.postJson('/mfa/enroll/passkey/confirm', { response })).body.outcome).toBe(
      'rejected',
    );
    expect(await authenticatorsOf(id)).toEqual([]);
    await signInWithPasskey(portal, owner.username, passkey);
  });

  it('of a credential that its owner has removed is free for another person', async () => {
    const owner = addPerson(portal);
    const { passkey } = await enrollPasskey(portal, owner.username);
    await portal.records.removeAllAuthenticators(owner.id);
    const { member, options } = await begin();
    const response = aPasskey().register(options, { credentialId: passkey.credentialId });
    expect((await member.postJson('/mfa/enroll/passkey/confirm', { response })).body.outcome).toBe(
      'enrolled',
    );
  });

  it('is used once, and one credential is bound once', async () => {
    const { id, member, options } = await begin();
    const passkey = aPasskey();
    const response = passkey.register(options);
    const confirm = () => member.postJson('/mfa/enroll/passkey/confirm', { response });
    const answers = await Promise.all([confirm(), confirm(), confirm()]);
    expect(answers.filter(({ body }) => body.outcome === 'enrolled')).toHaveLength(1);
    const more = await member.postJson('/mfa/enroll/passkey');
    const again = passkey.register(more.body.passkey.options, { credentialId: passkey.credentialId });
    const { body } = await member.postJson('/mfa/enroll/passkey/confirm', { response: again });
    expect(body.outcome).toBe('rejected');
    expect(await authenticatorsOf(id)).toHaveLength(1);
  });
});

describe('guesses', () => {
  it('of junk never lock the codes, and are counted for each challenge all the same', async () => {
    const { id, username } = addPerson(portal);
    const { member, secret } = await enrollApp(portal, username);
    const passkey = aPasskey();
    await registerPasskey(member, passkey);
    for (let logins = 0; logins < 3; logins += 1) {
      const { guest, options } = await atChallenge(username);
      const response = passkey.authenticate(options, { signature: Buffer.alloc(70, 1) });
      const answers = [];
      for (let tries = 0; tries < 6; tries += 1)
        answers.push((await guest.postJson('/mfa/challenge', { response })).body);
      expect(answers.map(({ attemptsLeft }) => attemptsLeft).slice(0, 5)).toEqual([4, 3, 2, 1, 0]);
      expect(answers[5]?.outcome).not.toBe('signed-in');
    }
    const { guesses, authenticators } = await portal.records.findMember(id, 'acme');
    expect(guesses.codes.lockedUntil).toBeNull();
    expect(authenticators.map(({ failures }) => failures)).toEqual([0, 0]);
    const app = authenticators.find(({ kind }) => kind === 'totp');
    const guest = visit(portal);
    await guest.logIn(username);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: app?.id });
    portal.clock.advance(30_000);
    const code = totpCode(secret, portal.clock.now());
    expect((await guest.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
  });

  it('that lock the codes never stop a passkey', async () => {
    const { id, username } = addPerson(portal);
    const { member, secret } = await enrollApp(portal, username);
    const passkey = aPasskey();
    await registerPasskey(member, passkey);
    const app = (await authenticatorsOf(id)).find(({ kind }) => kind === 'totp');
    for (let logins = 0; logins < 2; logins += 1) {
      const guest = visit(portal);
      await guest.logIn(username);
      await guest.postJson('/mfa/challenge/factor', { authenticatorId: app?.id });
      const code = wrongCode(totpCode(secret, portal.clock.now()));
      for (let tries = 0; tries < 5; tries += 1) await guest.postJson('/mfa/challenge', { code });
    }
    const { guesses } = await portal.records.findMember(id, 'acme');
    expect(guesses.codes.lockedUntil).not.toBeNull();
    const page = visit(portal);
    const asked = await page.logIn(username);
    expect(asked.body.anyOf.map(({ kind }: { kind: string }) => kind)).toEqual(['passkey', 'recovery-code']);
    expect((await page.get('/mfa/challenge')).text).toContain('data-passkey="get"');
    await signInWithPasskey(portal, username, passkey);
    await portal.mfa.settled();
    const mail = portal.outbox.messages.findLast(({ text }) => text.includes('/mfa/unlock?token='));
    const token = /unlock\?token=(\S+)/.exec(mail?.text ?? '')?.[1];
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token });
    await owner.logIn(username);
    const unlocking = (await owner.getJson('/mfa/unlock/challenge')).body;
    const response = passkey.authenticate(unlocking.passkey.options);
    expect((await owner.postJson('/mfa/unlock/challenge', { response })).body).toMatchObject({
      outcome: 'signed-in',
    });
    expect((await portal.records.findMember(id, 'acme')).guesses.codes.lockedUntil).toBeNull();
  });
});

describe('models', () => {
  const aaguid = 'ee882879721c49139775 3dfcce97072a'.replace(' ', '');
  const model = 'ee882879-721c-4913-9775-3dfcce97072a';

  it.each([
    ['that are denied', { deniedAaguids: [model] }, aaguid, 'rejected'],
    ['that are not on the list', { allowedAaguids: [model] }, '0'.repeat(32), 'rejected'],
    ['that are on the list', { allowedAaguids: [model] }, aaguid, 'enrolled'],
  ])('%s', async (_name, passkeys, own, outcome) => {
    const listed = await createPasskeyPortal({}, { passkeys });
    const ada = visit(listed);
    await ada.logIn('ada');
    const { body } = await registerPasskey(ada, aPasskey({ aaguid: own }));
    expect(body.outcome).toBe(outcome);
    if (outcome === 'rejected') expect(body.because).toBe('aaguid-not-allowed');
    await listed.mfa.close();
  });
});

describe('an administrator of another RP id', () => {
  it('is told by the check of the setup that the passkeys cannot be used', async () => {
    const { id, username } = addPerson(portal);
    await enrollPasskey(portal, username);
    const { records, state } = portal;
    const moved = await createPasskeyPortal(
      {},
      { records, state, passkeys: {}, baseUrl: 'https://new.example' },
    );
    const { findings } = await moved.mfa.check({ userIds: [id] });
    expect(findings.map(({ message }) => message).join('\n')).toContain('passkeys.rpId');
    await moved.mfa.close();
  });
});
