import { loadServer } from './library';
import type { PasskeyState } from './passkey-state';
import type { CreationOptionsJson, RequestOptionsJson } from './prompt-options';
import { ALGORITHMS } from './signed-data';

/** The site that a passkey belongs to. */
export interface RelyingParty {
  /** A domain: the host of the origins, or one that they are below. */
  readonly id: string;
  readonly name: string;
  /** Exact, such as `https://portal.example.com`. */
  readonly origins: readonly string[];
}

/** How long the browser's prompt stays open: the lifetime of a challenge. */
const TIMEOUT_MS = 5 * 60_000;

/** at least 16 random bytes. */
const MIN_CHALLENGE_BYTES = 16;

/** Our challenges are base64url texts; the library would take a text for its UTF-8 bytes. */
function challengeBytes(challenge: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Buffer.from(challenge, 'base64url'));
  if (bytes.length < MIN_CHALLENGE_BYTES || Buffer.from(bytes).toString('base64url') !== challenge)
    throw new TypeError(`A challenge must be the base64url text of at least ${MIN_CHALLENGE_BYTES} bytes.`);
  return bytes;
}

const named = ({ credentialId, transports }: PasskeyState) => ({
  id: credentialId,
  transports: [...transports],
});

export interface RegistrationRequest {
  /** base64url, at least 16 random bytes, used once. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  /** The handle is random, base64url: authenticators keep it and show it to whoever holds them. */
  readonly user: { readonly handle: string; readonly name: string; readonly displayName: string };
  /** The person's passkeys. An authenticator that holds one of them refuses. */
  readonly existing: readonly PasskeyState[];
  readonly authenticator: 'passkey' | 'security-key';
  /**
   * `direct` makes security keys say their model, which lists of AAGUIDs need, and makes browsers ask the person for consent. Statements
   * are not checked in either case. `none` by default.
   */
  readonly attestation?: 'none' | 'direct';
}

/** What the page hands to `navigator.credentials.create`. */
export async function createRegistrationOptions(request: RegistrationRequest): Promise<CreationOptionsJson> {
  const { relyingParty, user, existing, authenticator, attestation = 'none' } = request;
  const { generateRegistrationOptions } = await loadServer();
  const isKey = authenticator === 'security-key';
  return generateRegistrationOptions({
    rpName: relyingParty.name,
    rpID: relyingParty.id,
    userID: new Uint8Array(Buffer.from(user.handle, 'base64url')),
    userName: user.name,
    userDisplayName: user.displayName,
    challenge: challengeBytes(request.challenge),
    timeout: TIMEOUT_MS,
    attestationType: attestation,
    excludeCredentials: existing.filter(({ rpId }) => rpId === relyingParty.id).map(named),
    authenticatorSelection: {
      residentKey: isKey ? 'discouraged' : 'preferred',
      userVerification: isKey ? 'discouraged' : 'preferred',
    },
    supportedAlgorithmIDs: ALGORITHMS,
    ...(isKey ? { preferredAuthenticatorType: 'securityKey' } : {}),
  });
}

export interface AssertionRequest {
  /** base64url, at least 16 random bytes, used once. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  /** The passkeys that may answer; those of another RP id are left out. Empty: any that the authenticator offers. */
  readonly allow: readonly PasskeyState[];
  readonly userVerification: 'required' | 'preferred' | 'discouraged';
}

/** What the page hands to `navigator.credentials.get`. */
export async function createAssertionOptions(request: AssertionRequest): Promise<RequestOptionsJson> {
  const { relyingParty, allow, userVerification } = request;
  const { generateAuthenticationOptions } = await loadServer();
  return generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: challengeBytes(request.challenge),
    allowCredentials: allow.filter(({ rpId }) => rpId === relyingParty.id).map(named),
    timeout: TIMEOUT_MS,
    userVerification,
  });
}
