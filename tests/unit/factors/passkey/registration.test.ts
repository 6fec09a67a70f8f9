import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createRegistrationOptions } from '../../../../src/factors/passkey/ceremony-options';
import { judgeKey } from '../../../../src/factors/passkey/signed-data';
import { bytes, cborMap, coseKey, text } from '../../../../src/testing/credential-bytes';
import {
  newChallenge,
  newPasskey,
  ORIGIN,
  parsed,
  register,
  registered,
  relyingParty,
  userHandle,
} from './portal';

const AAGUID = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4';
const aaguid = AAGUID.replaceAll('-', '');

/** An attestation object around authenticator data made by hand. */
function attestation(authData: Buffer, statement = cborMap([]), format = 'none'): Buffer {
  return cborMap([
    [text('fmt'), text(format)],
    [text('attStmt'), statement],
    [text('authData'), bytes(authData)],
  ]);
}

function authenticatorData(rpIdHash: Buffer, id: Buffer, key: Buffer, flags = 0b0100_0101): Buffer {
  const head = Buffer.concat([rpIdHash, Buffer.from([flags, 0, 0, 0, 0]), Buffer.alloc(16)]);
  return Buffer.concat([head, Buffer.from([id.length >> 8, id.length & 0xff]), id, key]);
}

/** The authenticator data that a software passkey makes, to change single bytes of it. */
async function realAuthenticatorData(
  algorithm: -7 | -257 = -7,
): Promise<{ readonly id: Buffer; readonly authData: Buffer }> {
  const passkey = newPasskey({ algorithm });
  const answer = passkey.register(await optionsFor(newChallenge()));
  const object = Buffer.from(answer.response.attestationObject, 'base64url');
  const start = object.indexOf('authData') + 'authData'.length;
  // The head of a byte string: two bytes up to a length of 255, three above.
  const authData = object.subarray(start + (object[start] === 0x58 ? 2 : 3));
  return { id: Buffer.from(answer.id, 'base64url'), authData };
}

const optionsFor = (challenge: string, authenticator: 'passkey' | 'security-key' = 'passkey') =>
  createRegistrationOptions({
    challenge,
    relyingParty,
    user: { handle: userHandle, name: 'ada@example.com', displayName: 'Ada' },
    existing: [],
    authenticator,
  });

async function registerBytes(id: Buffer, authData: Buffer, object = attestation(authData)) {
  return register(newPasskey(), { credentialId: id.toString('base64url'), attestationObject: object });
}

describe('the options of a registration', () => {
  it('hold the challenge and the handle as they are, our algorithms, and no attestation', async () => {
    const challenge = newChallenge();
    const options = await optionsFor(challenge);
    expect(options).toMatchObject({
      challenge,
      rp: { id: 'portal.example.com', name: 'Portal' },
      user: { id: userHandle, name: 'ada@example.com', displayName: 'Ada' },
      attestation: 'none',
      timeout: 300_000,
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    expect(options.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257]);
  });

  it('ask for a security key that is not discoverable where one is wanted', async () => {
    const options = await optionsFor(newChallenge(), 'security-key');
    expect(options).toMatchObject({
      hints: ['security-key'],
      authenticatorSelection: { residentKey: 'discouraged', authenticatorAttachment: 'cross-platform' },
    });
  });

  it('exclude the passkeys of the person, but not those of another RP id', async () => {
    const { state } = await registered();
    const options = await createRegistrationOptions({
      challenge: newChallenge(),
      relyingParty,
      user: { handle: userHandle, name: 'ada@example.com', displayName: 'Ada' },
      existing: [state, { ...state, credentialId: 'b2xk', rpId: 'old.example.com' }],
      authenticator: 'passkey',
    });
    expect(options.excludeCredentials).toEqual([
      { id: state.credentialId, type: 'public-key', transports: ['internal'] },
    ]);
  });

  it.each(['c2hvcnQ', 'not base64url, but long enough', `${newChallenge()}=`])(
    'refuse the challenge %s',
    async (challenge) => {
      await expect(optionsFor(challenge)).rejects.toThrow('at least 16 bytes');
    },
  );
});

describe('a registration', () => {
  it.each([-7, -8, -257] as const)(
    'keeps what the authenticator says with algorithm %i',
    async (algorithm) => {
      const { passkey, state } = await registered({
        algorithm,
        aaguid,
        counts: true,
        backupEligible: true,
        backedUp: true,
      });
      expect(state).toEqual({
        format: 1,
        credentialId: passkey.credentialId,
        publicKey: expect.stringMatching(/^[\w-]{50,}$/),
        signCount: 1,
        transports: ['internal'],
        rpId: 'portal.example.com',
        aaguid: AAGUID,
        backupEligible: true,
        backedUp: true,
        uvSeen: true,
      });
    },
  );

  it('keeps that the user was not verified', async () => {
    const { state } = await registered({ userVerification: false });
    expect(state.uvSeen).toBe(false);
  });

  it.each([
    ['the type of an assertion', { clientData: { type: 'webauthn.get' } }, 'malformed'],
    ['another challenge', { clientData: { challenge: newChallenge() } }, 'wrong-challenge'],
    ['another origin', { clientData: { origin: 'https://portal.example.org' } }, 'wrong-origin'],
    ['a subdomain', { clientData: { origin: 'https://evil.portal.example.com' } }, 'wrong-origin'],
    ['another port', { clientData: { origin: `${ORIGIN}:8443` } }, 'wrong-origin'],
    ['a slash after the origin', { clientData: { origin: `${ORIGIN}/` } }, 'wrong-origin'],
    ['a list of origins', { clientData: { origin: [ORIGIN] } }, 'wrong-origin'],
    ['a frame of another site', { clientData: { crossOrigin: true } }, 'cross-origin'],
    ['crossOrigin as a text', { clientData: { crossOrigin: 'false' } }, 'cross-origin'],
    ['a top origin', { clientData: { topOrigin: 'https://evil.example' } }, 'cross-origin'],
    ['another RP id', { rpId: 'evil.example' }, 'wrong-rp'],
    ['no user presence', { userPresent: false }, 'not-present'],
    ['backed up without being eligible', { backedUp: true }, 'malformed'],
    ['an algorithm that was not offered', { algorithm: -35 }, 'algorithm'],
    ['an algorithm of another type of key', { algorithm: -257 }, 'algorithm'],
  ])('is refused with %s', async (_what, forged, because) => {
    expect(await register(newPasskey(), forged)).toEqual({ outcome: 'rejected', because });
  });

  it('is refused where an assertion is sent instead', async () => {
    const { passkey } = await registered();
    const response = parsed(passkey.authenticate({ challenge: newChallenge() }));
    expect(await register(newPasskey(), {}, { response })).toEqual({
      outcome: 'rejected',
      because: 'malformed',
    });
  });

  it('accepts one of several origins and refuses a deployment that has another', async () => {
    const origins = ['https://other.example.com', ORIGIN];
    expect(await register(newPasskey(), {}, { relyingParty: { ...relyingParty, origins } })).toMatchObject({
      outcome: 'verified',
    });
    expect(
      await register(newPasskey(), {}, { relyingParty: { ...relyingParty, origins: ['https://a.example'] } }),
    ).toEqual({ outcome: 'rejected', because: 'wrong-origin' });
  });

  it('is refused where the id is not the one that the authenticator signed', async () => {
    const passkey = newPasskey();
    const challenge = newChallenge();
    const answer = passkey.register(await optionsFor(challenge));
    const other = randomBytes(32).toString('base64url');
    const response = parsed({ ...answer, id: other, rawId: other });
    expect(await register(newPasskey(), {}, { response, challenge })).toEqual({
      outcome: 'rejected',
      because: 'wrong-credential',
    });
  });

  it('accepts an id of 1023 bytes and refuses one of 1024', async () => {
    const id = (length: number) => randomBytes(length).toString('base64url');
    expect(await register(newPasskey(), { credentialId: id(1023) })).toMatchObject({ outcome: 'verified' });
    const challenge = newChallenge();
    const answer = newPasskey().register(await optionsFor(challenge), { credentialId: id(1024) });
    const { clientDataJSON, attestationObject } = answer.response;
    const response = { ceremony: 'registration', id: answer.id, clientDataJSON, attestationObject } as const;
    const changed = { challenge, response: { ...response, transports: [] } };
    expect(await register(newPasskey(), {}, changed)).toEqual({ outcome: 'rejected', because: 'malformed' });
  });

  it('allows and denies models by their AAGUID, in capitals too', async () => {
    const known = newPasskey({ aaguid });
    const refused = { outcome: 'rejected', because: 'aaguid-not-allowed' };
    expect(await register(known, {}, { allowedAaguids: [AAGUID.toUpperCase()] })).toMatchObject({
      outcome: 'verified',
    });
    expect(await register(newPasskey(), {}, { allowedAaguids: [AAGUID] })).toEqual(refused);
    expect(await register(known, {}, { deniedAaguids: [AAGUID.toUpperCase()] })).toEqual(refused);
    expect(await register(newPasskey(), {}, { deniedAaguids: [AAGUID] })).toMatchObject({
      outcome: 'verified',
    });
    expect(await register(known, {}, { allowedAaguids: [AAGUID], deniedAaguids: [AAGUID] })).toEqual(refused);
    expect(await register(known, {}, { allowedAaguids: [] })).toEqual(refused);
  });

  it('does not look at an attestation statement, whose certificates name addresses to fetch from', async () => {
    const { id, authData } = await realAuthenticatorData();
    const statement = cborMap([[text('x5c'), bytes(Buffer.from('no certificate'))]]);
    const object = attestation(authData, statement, 'apple');
    expect(await registerBytes(id, authData, object)).toMatchObject({ outcome: 'verified' });
  });
});

describe('the key of a registration', () => {
  it.each([
    ['RSA with 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }), -257],
    ['a curve that ES256 does not use', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }), -7],
  ])('is refused where it is %s', async (_what, generate, algorithm) => {
    const { authData } = await realAuthenticatorData();
    const id = randomBytes(16);
    // coseKey writes every curve as P-256, so a point of another one is not on it.
    const key = coseKey(generate().publicKey, algorithm);
    const forged = authenticatorData(authData.subarray(0, 32), id, key);
    expect(await registerBytes(id, forged)).toMatchObject({ outcome: 'rejected' });
  });

  it('is refused where its type and its algorithm do not belong together', async () => {
    const { authData } = await realAuthenticatorData();
    const id = randomBytes(16);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = coseKey(publicKey, -7);
    // The second byte of the first pair, the type of the key: 2 is EC2, 1 is OKP.
    key[2] = 1;
    expect(await registerBytes(id, authenticatorData(authData.subarray(0, 32), id, key))).toEqual({
      outcome: 'rejected',
      because: 'algorithm',
    });
  });

  it('is refused where it is not on its curve, not a map, or missing', async () => {
    const { authData } = await realAuthenticatorData();
    const hash = authData.subarray(0, 32);
    const id = randomBytes(16);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const offCurve = coseKey(publicKey, -7);
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
    const noMap = Buffer.from([0x18, 0x2a]);
    for (const key of [offCurve, noMap, Buffer.alloc(0)]) {
      expect(await registerBytes(id, authenticatorData(hash, id, key))).toEqual({
        outcome: 'rejected',
        because: 'malformed',
      });
    }
  });

  it('is refused where the data ends within it or goes on after it', async () => {
    const { id, authData } = await realAuthenticatorData();
    expect(await registerBytes(id, authData)).toMatchObject({ outcome: 'verified' });
    const refused = { outcome: 'rejected', because: 'malformed' };
    for (const cut of [1, 10, 40, 80])
      expect(await registerBytes(id, authData.subarray(0, -cut))).toEqual(refused);
    expect(await registerBytes(id, Buffer.concat([authData, Buffer.from([0])]))).toEqual(refused);
    // Without its last byte the exponent of an RSA key is another number.
    const rsa = await realAuthenticatorData(-257);
    expect(await registerBytes(rsa.id, rsa.authData)).toMatchObject({ outcome: 'verified' });
    expect(await registerBytes(rsa.id, rsa.authData.subarray(0, -1))).toEqual(refused);
  });

  it('may be followed by extensions, which are refused where the data ends within them', async () => {
    const { id, authData } = await realAuthenticatorData();
    const extended = Buffer.concat([authData, cborMap([[text('credProtect'), bytes(Buffer.alloc(4))]])]);
    extended[32] = (extended[32] ?? 0) | 0b1000_0000;
    expect(await registerBytes(id, extended)).toMatchObject({ outcome: 'verified' });
    for (const cut of [1, 3])
      expect(await registerBytes(id, extended.subarray(0, -cut))).toEqual({
        outcome: 'rejected',
        because: 'malformed',
      });
  });
});

it.each([
  ['EdDSA with an elliptic-curve key', [2, -8, 6]],
  ['EdDSA on another curve', [1, -8, 4]],
  ['ES256 with an octet key', [1, -7, 1]],
  ['ES256 on another curve', [2, -7, 2]],
  ['RS256 with an elliptic-curve key', [2, -257, 1]],
  ['an RSA key with an algorithm that was not offered', [3, -37, 1]],
  ['an octet key with an algorithm that was not offered', [1, -35, 6]],
])('the key of a new passkey is not %s', (_, [type, algorithm, curve]) => {
  const key = new Map<number, unknown>([
    [1, type],
    [3, algorithm],
    [-1, curve],
    [-2, randomBytes(32)],
    [-3, randomBytes(32)],
  ]);
  expect(judgeKey(key)).toBe('algorithm');
});
