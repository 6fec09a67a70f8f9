import * as fc from 'fast-check';
import { verifyAssertion, verifyRegistration } from '../../../../src/factors/passkey/ceremony';
import { parseResponse } from '../../../../src/factors/passkey/submitted-credential';
import { bytes, cborMap, text } from '../../../../src/testing/credential-bytes';
import { newChallenge, newPasskey, registered, relyingParty, userHandle } from './portal';

const challenge = newChallenge();
const passkey = newPasskey();
const registration = passkey.register({
  rp: { id: relyingParty.id },
  user: { id: userHandle },
  challenge,
  pubKeyCredParams: [{ alg: -7 }],
});
const attestationObject = Buffer.from(registration.response.attestationObject, 'base64url');

async function judgeRegistration(object: Buffer): Promise<string> {
  const response = { ...registration.response, attestationObject: object.toString('base64url') };
  const parsed = parseResponse({ ...registration, response });
  if (parsed === null) return 'rejected';
  const expected = { challenge, relyingParty, allowedAaguids: null, deniedAaguids: [] };
  return (await verifyRegistration({ response: parsed, ...expected })).outcome;
}

const withAuthData = (authData: Buffer) =>
  cborMap([
    [text('fmt'), text('none')],
    [text('attStmt'), cborMap([])],
    [text('authData'), bytes(authData)],
  ]);

describe('bytes that no authenticator sends', () => {
  it('are the right ones before they are changed', async () => {
    expect(await judgeRegistration(attestationObject)).toBe('verified');
  });

  it('are refused wherever the attestation object ends early', async () => {
    for (let length = 0; length < attestationObject.length; length += 1)
      expect([length, await judgeRegistration(attestationObject.subarray(0, length))]).toEqual([
        length,
        'rejected',
      ]);
  });

  it('are refused as attestation objects and authenticator data of any kind', async () => {
    const start = attestationObject.subarray(attestationObject.indexOf('authData') + 10);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat({ max: start.length - 1 }),
        async (junk, kept) => {
          const bent = Buffer.concat([start.subarray(0, kept), junk]);
          expect(await judgeRegistration(Buffer.from(junk))).toBe('rejected');
          if (!bent.equals(start)) expect(await judgeRegistration(withAuthData(bent))).toBe('rejected');
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['lists in lists', Buffer.alloc(9000, 0x81)],
    ['maps in maps', Buffer.alloc(9000, 0xa1)],
    ['a list of 2^32 entries', Buffer.from('9affffffff00', 'hex')],
    ['a byte string of 2^32 bytes', Buffer.from('5affffffff00', 'hex')],
    ['a byte string of 2^53 bytes', Buffer.from('5b0020000000000000', 'hex')],
    ['a map of 2^32 pairs', Buffer.from('baffffffff0000', 'hex')],
    ['numbers that are none', Buffer.from('f97e00', 'hex')],
  ])('are refused as CBOR with %s', async (_what, cbor) => {
    expect(await judgeRegistration(cbor)).toBe('rejected');
    const head = Buffer.from(attestationObject.subarray(attestationObject.indexOf('authData') + 10));
    const untilKey = head.subarray(0, 55 + head.readUInt16BE(53));
    expect(await judgeRegistration(withAuthData(Buffer.concat([untilKey, cbor])))).toBe('rejected');
  });

  it('are refused in every part of an assertion', async () => {
    const key = await registered();
    const answer = key.passkey.authenticate({ challenge });
    const part = fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature');
    await fc.assert(
      fc.asyncProperty(part, fc.uint8Array({ minLength: 1, maxLength: 300 }), async (name, junk) => {
        const bent = Buffer.from(junk).toString('base64url');
        const response = parseResponse({ ...answer, response: { ...answer.response, [name]: bent } });
        if (response === null) throw new Error('Only the bytes are wrong.');
        const expected = { challenge, relyingParty, state: key.state, userHandle };
        const result = await verifyAssertion({ response, ...expected, requireUserVerification: false });
        expect(result.outcome).toBe('rejected');
      }),
      { numRuns: 300 },
    );
  });

  it('are refused as client data that is not an object', async () => {
    for (const value of ['null', '[]', '"text"', '7', '{', '\uFEFF{}']) {
      const clientDataJSON = Buffer.from(value).toString('base64url');
      const response = parseResponse({
        ...registration,
        response: { ...registration.response, clientDataJSON },
      });
      if (response === null) throw new Error('Only the client data is wrong.');
      const expected = { challenge, relyingParty, allowedAaguids: null, deniedAaguids: [] };
      expect(await verifyRegistration({ response, ...expected })).toEqual({
        outcome: 'rejected',
        because: 'malformed',
      });
    }
  });
});

describe('the form of a response', () => {
  it('is the same from a form field and from JSON', () => {
    expect(parseResponse(registration)).toEqual(parseResponse(JSON.stringify(registration)));
    expect(parseResponse(registration)).toMatchObject({ ceremony: 'registration', transports: ['internal'] });
  });

  it('never crashes, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string({ unit: 'binary' })), (sent) => {
        expect(parseResponse(sent)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  const { id } = registration;
  it.each([
    ['another rawId', { rawId: 'b3RoZXI' }],
    ['no rawId', { rawId: undefined }],
    ['another type', { type: 'password' }],
    ['an empty id', { id: '', rawId: '' }],
    ['an id with padding', { id: `${id}=`, rawId: `${id}=` }],
    ['another text of the same id', { id: `${id.slice(0, -1)}_`, rawId: `${id.slice(0, -1)}_` }],
    ['an id of more than 1023 bytes', { id: 'A'.repeat(1368), rawId: 'A'.repeat(1368) }],
    ['no response', { response: undefined }],
    ['a part that is not base64url', { response: { ...registration.response, attestationObject: 'a+b/' } }],
    ['a part of 1 MB', { response: { ...registration.response, attestationObject: 'A'.repeat(1_000_000) } }],
    ['parts of both ceremonies', { response: { ...registration.response, signature: 'AAAA' } }],
    ['a part that is an object', { response: { ...registration.response, clientDataJSON: {} } }],
  ])('is refused with %s', (_what, changed) => {
    expect(parseResponse({ ...registration, ...changed })).toBeNull();
  });

  it('is refused as a text that is too long, before it is parsed', () => {
    expect(parseResponse(`${JSON.stringify(registration)}${' '.repeat(40_000)}`)).toBeNull();
  });

  it('drops a public key that the client adds and takes the one that was signed', async () => {
    const planted = { publicKey: 'cGxhbnRlZA', publicKeyAlgorithm: -7, counter: 9 };
    const response = parseResponse({
      ...registration,
      ...planted,
      response: { ...registration.response, ...planted },
    });
    expect(response).toEqual(parseResponse(registration));
    // A payload that only names a key, without anything signed.
    expect(parseResponse({ id, rawId: id, type: 'public-key', response: { ...planted } })).toBeNull();
    expect(parseResponse({ credentialId: id, credentialPublicKey: 'cGxhbnRlZA', counter: 0 })).toBeNull();
  });

  it('keeps up to eight transports that look like words', () => {
    const transports = ['usb', 'usb', 'smart-card', 'new-way', '<b>', 7, null, 'x'.repeat(40)];
    const many = [...transports, ...Array.from('abcdefgh')];
    const response = parseResponse({
      ...registration,
      response: { ...registration.response, transports: many },
    });
    expect(response).toMatchObject({
      transports: ['usb', 'smart-card', 'new-way', 'a', 'b', 'c', 'd', 'e'],
    });
    const none = parseResponse({
      ...registration,
      response: { ...registration.response, transports: 'usb' },
    });
    expect(none).toMatchObject({ transports: [] });
  });
});
