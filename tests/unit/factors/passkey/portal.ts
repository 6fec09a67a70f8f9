import { randomBytes } from 'node:crypto';
import {
  verifyAssertion,
  verifyRegistration,
  type Assertion,
  type Registration,
} from '../../../../src/factors/passkey/ceremony';
import {
  createAssertionOptions,
  createRegistrationOptions,
} from '../../../../src/factors/passkey/ceremony-options';
import type { PasskeyState } from '../../../../src/factors/passkey/passkey-state';
import {
  parseResponse,
  type SubmittedCredential,
} from '../../../../src/factors/passkey/submitted-credential';
import {
  createSoftwarePasskey,
  type ForgedParts,
  type SoftwarePasskey,
  type SoftwarePasskeyOptions,
} from '../../../../src/testing/software-passkey';

export const ORIGIN = 'https://portal.example.com';
export const relyingParty = { id: 'portal.example.com', name: 'Portal', origins: [ORIGIN] };
export const userHandle = Buffer.alloc(32, 7).toString('base64url');
export const newChallenge = () => randomBytes(16).toString('base64url');

export function newPasskey(options: Partial<SoftwarePasskeyOptions> = {}): SoftwarePasskey {
  return createSoftwarePasskey({ origin: ORIGIN, ...options });
}

export function parsed(answer: unknown): SubmittedCredential {
  const response = parseResponse(JSON.stringify(answer));
  if (response === null) throw new Error('This is not the form of a credential.');
  return response;
}

/** One registration, with forged parts in the answer and other values in what is expected. */
export async function register(
  passkey: SoftwarePasskey,
  forged: ForgedParts = {},
  changed: Partial<Registration> = {},
) {
  const challenge = newChallenge();
  const options = await createRegistrationOptions({
    challenge,
    relyingParty,
    user: { handle: userHandle, name: 'ada@example.com', displayName: 'Ada' },
    existing: [],
    authenticator: 'passkey',
  });
  const response = parsed(passkey.register(options, forged));
  const expected = { challenge, relyingParty, allowedAaguids: null, deniedAaguids: [] };
  return verifyRegistration({ response, ...expected, ...changed });
}

export async function registered(
  options: Partial<SoftwarePasskeyOptions> = {},
): Promise<{ readonly passkey: SoftwarePasskey; readonly state: PasskeyState }> {
  const passkey = newPasskey(options);
  const registration = await register(passkey);
  if (registration.outcome === 'rejected') throw new Error(registration.because);
  return { passkey, state: registration.state };
}

/** One assertion, with forged parts in the answer and other values in what is expected. */
export async function assert(
  { passkey, state }: { readonly passkey: SoftwarePasskey; readonly state: PasskeyState },
  forged: ForgedParts = {},
  changed: Partial<Assertion> = {},
) {
  const challenge = newChallenge();
  const request = await createAssertionOptions({
    challenge,
    relyingParty,
    allow: [state],
    userVerification: 'preferred',
  });
  const response = parsed(passkey.authenticate(request, forged));
  const expected = { challenge, relyingParty, state, userHandle, requireUserVerification: false };
  return verifyAssertion({ response, ...expected, ...changed });
}
