import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { createSoftwarePasskey, type SoftwarePasskeyOptions } from '../../../src/testing/software-passkey';

const ORIGIN = 'https://portal.example.com';
const RP = { rpName: 'Portal', rpID: 'portal.example.com' };

async function registered(options: Partial<SoftwarePasskeyOptions> = {}) {
  const passkey = createSoftwarePasskey({ origin: ORIGIN, ...options });
  const creation = await generateRegistrationOptions({
    ...RP,
    userName: 'ada',
    supportedAlgorithmIDs: [-8, -7, -257],
  });
  const { registrationInfo } = await verifyRegistrationResponse({
    response: passkey.register(creation),
    expectedChallenge: creation.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: RP.rpID,
    supportedAlgorithmIDs: [-8, -7, -257],
    requireUserVerification: false,
  });
  if (registrationInfo === undefined) throw new Error('not registered');
  return { passkey, info: registrationInfo };
}

describe('the software passkey', () => {
  it.each([-7, -8, -257] as const)('is registered and proven with algorithm %i', async (algorithm) => {
    const { passkey, info } = await registered({ algorithm, counts: true });
    expect(info.credential.id).toBe(passkey.credentialId);
    const request = await generateAuthenticationOptions({ rpID: RP.rpID });
    const proof = { expectedChallenge: request.challenge, expectedOrigin: ORIGIN, expectedRPID: RP.rpID };
    const response = passkey.authenticate(request);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...proof,
      response,
      credential: info.credential,
    });
    expect(verified).toBe(true);
    expect(authenticationInfo.newCounter).toBe(2);
    const otherKey = await registered({ algorithm });
    await expect(
      verifyAuthenticationResponse({ ...proof, response, credential: otherKey.info.credential }).then(
        (answer) => answer.verified,
      ),
    ).resolves.toBe(false);
  });

  it('says whether it verified its user and whether it is synced', async () => {
    const { info } = await registered({ userVerification: false, backupEligible: true, backedUp: true });
    expect(info).toMatchObject({
      userVerified: false,
      credentialDeviceType: 'multiDevice',
      credentialBackedUp: true,
    });
  });

  it('counts its signatures, and so does a copy of it, from where it was copied', async () => {
    const { passkey } = await registered({ counts: true });
    const copy = passkey.clone();
    const request = await generateAuthenticationOptions({ rpID: RP.rpID });
    const counterOf = (answer: { readonly response: { readonly authenticatorData: string } }) =>
      Buffer.from(answer.response.authenticatorData, 'base64url').readUInt32BE(33);
    expect([passkey, passkey, copy].map((one) => counterOf(one.authenticate(request)))).toEqual([2, 3, 2]);
  });

  it('refuses to sign before it was registered', () => {
    const passkey = createSoftwarePasskey({ origin: ORIGIN });
    expect(() => passkey.authenticate({ challenge: 'AA' })).toThrow('register');
  });
});
