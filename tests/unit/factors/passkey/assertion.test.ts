import { randomBytes } from 'node:crypto';
import { createAssertionOptions } from '../../../../src/factors/passkey/ceremony-options';
import { afterAssertion } from '../../../../src/factors/passkey/passkey-state';
import { assert, newChallenge, newPasskey, ORIGIN, registered, relyingParty, register } from './portal';

const refused = (because: string) => ({ outcome: 'rejected', because });

describe('the options of an assertion', () => {
  it('list the passkeys of this RP id', async () => {
    const { state } = await registered();
    const challenge = newChallenge();
    const options = await createAssertionOptions({
      challenge,
      relyingParty,
      allow: [state, { ...state, credentialId: 'b2xk', rpId: 'old.example.com' }],
      userVerification: 'required',
    });
    expect(options).toMatchObject({
      challenge,
      rpId: 'portal.example.com',
      userVerification: 'required',
      allowCredentials: [{ id: state.credentialId, type: 'public-key', transports: ['internal'] }],
    });
    expect(options.allowCredentials).toHaveLength(1);
  });
});

describe('an assertion', () => {
  it.each([-7, -8, -257] as const)('is accepted with algorithm %i', async (algorithm) => {
    const key = await registered({ algorithm, counts: true, backupEligible: true });
    expect(await assert(key, { backedUp: true })).toEqual({
      outcome: 'verified',
      signCount: 2,
      userVerified: true,
      backedUp: true,
    });
  });

  it('says that the user was not verified, and is refused where that is required', async () => {
    const key = await registered({ userVerification: false });
    expect(await assert(key)).toMatchObject({ outcome: 'verified', userVerified: false });
    expect(await assert(key, {}, { requireUserVerification: true })).toEqual(refused('not-verified'));
    expect(await assert(key, { userVerified: true }, { requireUserVerification: true })).toMatchObject({
      outcome: 'verified',
    });
  });

  it.each([
    ['the type of a registration', { clientData: { type: 'webauthn.create' } }, 'malformed'],
    ['another challenge', { clientData: { challenge: newChallenge() } }, 'wrong-challenge'],
    ['no challenge', { clientData: { challenge: undefined } }, 'wrong-challenge'],
    ['another origin', { clientData: { origin: 'https://portal.example.org' } }, 'wrong-origin'],
    ['plain http', { clientData: { origin: 'http://portal.example.com' } }, 'wrong-origin'],
    ['another port', { clientData: { origin: `${ORIGIN}:8443` } }, 'wrong-origin'],
    ['a frame of another site', { clientData: { crossOrigin: true } }, 'cross-origin'],
    ['crossOrigin as a number', { clientData: { crossOrigin: 0 } }, 'cross-origin'],
    ['a top origin', { clientData: { topOrigin: ORIGIN } }, 'cross-origin'],
    ['another RP id', { rpId: 'evil.example' }, 'wrong-rp'],
    ['no user presence', { userPresent: false }, 'not-present'],
    ['a signature that is none', { signature: Buffer.from('none') }, 'wrong-signature'],
    ['the id of another passkey', { credentialId: 'b3RoZXI' }, 'wrong-credential'],
    ['the handle of another user', { userHandle: 'b3RoZXI' }, 'wrong-user'],
    ['a passkey that became eligible for backup', { backupEligible: true }, 'malformed'],
    ['backed up without being eligible', { backedUp: true }, 'malformed'],
    ['authenticator data that is too short', { authenticatorData: Buffer.alloc(36) }, 'malformed'],
  ])('is refused with %s', async (_what, forged, because) => {
    expect(await assert(await registered(), forged)).toEqual(refused(because));
  });

  it('is refused for a passkey that is no longer eligible for backup', async () => {
    const key = await registered({ backupEligible: true });
    expect(await assert(key, { backupEligible: false })).toEqual(refused('malformed'));
  });

  it('is refused with a signature of another key, and with parts that were changed after signing', async () => {
    const key = await registered();
    const other = newPasskey();
    await register(other, { credentialId: key.state.credentialId });
    expect(await assert({ passkey: other, state: key.state })).toEqual(refused('wrong-signature'));
    const challenge = newChallenge();
    const answer = key.passkey.authenticate({ challenge });
    const data = Buffer.from(answer.response.authenticatorData, 'base64url');
    data[32] = (data[32] ?? 0) ^ 0b100;
    const forged = {
      authenticatorData: data,
      signature: Buffer.from(answer.response.signature, 'base64url'),
      clientData: { challenge },
    };
    expect(await assert(key, forged, { challenge })).toEqual(refused('wrong-signature'));
  });

  it('is refused where a registration is sent instead', async () => {
    const key = await registered();
    const response = { ceremony: 'registration', id: key.state.credentialId } as const;
    const parts = { clientDataJSON: 'e30', attestationObject: 'oA', transports: [] };
    expect(await assert(key, {}, { response: { ...response, ...parts } })).toEqual(refused('malformed'));
  });

  it('may come without a user handle, unless nothing else names the user', async () => {
    const key = await registered();
    expect(await assert(key, { userHandle: null })).toMatchObject({ outcome: 'verified' });
    expect(await assert(key, { userHandle: null }, { requireUserHandle: true })).toEqual(
      refused('wrong-user'),
    );
    expect(await assert(key, {}, { requireUserHandle: true })).toMatchObject({ outcome: 'verified' });
  });

  it('is refused after the RP id of the site changed', async () => {
    const key = await registered();
    const moved = { ...relyingParty, id: 'example.com' };
    expect(await assert(key, {}, { relyingParty: moved })).toEqual(refused('wrong-rp'));
  });

  it('is refused where the key on record cannot be read', async () => {
    const key = await registered();
    const publicKey = randomBytes(77).toString('base64url');
    expect(await assert({ ...key, state: { ...key.state, publicKey } })).toEqual(refused('wrong-signature'));
  });
});

describe('the signature counter', () => {
  it('must move where the authenticator counts', async () => {
    const { passkey, state } = await registered({ counts: true });
    const key = { passkey, state: { ...state, signCount: 5 } };
    expect(await assert(key, { counter: 6 })).toMatchObject({ outcome: 'verified', signCount: 6 });
    for (const counter of [0, 4, 5]) expect(await assert(key, { counter })).toEqual(refused('counter'));
  });

  it('is judged after the signature, so that nobody else can report a copied authenticator', async () => {
    const { passkey, state } = await registered({ counts: true });
    const key = { passkey, state: { ...state, signCount: 5 } };
    expect(await assert(key, { counter: 1, signature: randomBytes(70) })).toEqual(refused('wrong-signature'));
  });

  it('refuses a copy of an authenticator once the original was used', async () => {
    const key = await registered({ counts: true });
    const copy = key.passkey.clone();
    const used = await assert(key);
    if (used.outcome === 'rejected') throw new Error(used.because);
    const state = afterAssertion(key.state, used);
    if (state === null) throw new Error('The counter did not move.');
    expect(state).toEqual({ ...key.state, signCount: 2 });
    expect(await assert({ passkey: copy, state })).toEqual(refused('counter'));
  });

  it('follows the rule: both 0, or above the one on record', async () => {
    const { state } = await registered();
    const after = (stored: number, signCount: number) =>
      afterAssertion({ ...state, signCount: stored }, { signCount, backedUp: false })?.signCount ?? null;
    expect([after(0, 0), after(0, 1), after(1, 2), after(1, 9)]).toEqual([0, 1, 2, 9]);
    expect([after(1, 0), after(1, 1), after(2, 1)]).toEqual([null, null, null]);
  });

  it('does not touch what was seen at registration', async () => {
    const { state } = await registered({ userVerification: false, backupEligible: true });
    expect(afterAssertion(state, { signCount: 3, backedUp: true })).toEqual({
      ...state,
      signCount: 3,
      backedUp: true,
    });
  });
});
