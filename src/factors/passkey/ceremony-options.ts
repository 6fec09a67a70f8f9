import { ConfigurationError } from '../../core/errors';
import type { PasskeyState } from './passkey-state';
import { ALGORITHMS } from './signed-data';

export interface PasskeySettings {
  readonly relyingParty: RelyingParty;
  readonly relatedOrigins: readonly string[];
  readonly signIn: boolean;
  /** The AAGUIDs (UUIDs) of the models that may be registered; null for all. */
  readonly allowedAaguids: readonly string[] | null;
  readonly deniedAaguids: readonly string[];
}

// The package that verifies passkeys is an optional peer dependency. It takes longer to load than the rest of our code, so it is
// loaded on first use.

export const PASSKEY_LIBRARY = '@simplewebauthn/server';

export function libraryMissing(): ConfigurationError {
  return new ConfigurationError(
    'passkeys',
    `the package that verifies passkeys is not installed. Run npm install ${PASSKEY_LIBRARY}, or remove the option.`,
  );
}

function refuse(cause: unknown): never {
  throw Object.assign(libraryMissing(), { cause });
}

// Bundlers accept a missing package if a `catch` follows the import.
export const loadServer = () => import('@simplewebauthn/server').catch(refuse);
export const loadHelpers = () => import('@simplewebauthn/server/helpers').catch(refuse);

// The JSON that browsers take for their prompt (WebAuthn Level 3, 5.1.8 and 5.1.9). These are our own types, because the package
// that creates the options is only installed if passkeys are enabled.

export interface CredentialDescriptorJson {
  readonly id: string;
  readonly type: string;
  readonly transports?: readonly string[];
}

/** The input of `PublicKeyCredential.parseCreationOptionsFromJSON`. Binary values are base64url. */
export interface CreationOptionsJson {
  readonly rp: { readonly id?: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: readonly { readonly alg: number; readonly type: 'public-key' }[];
  readonly timeout?: number;
  readonly excludeCredentials?: readonly CredentialDescriptorJson[];
  readonly authenticatorSelection?: {
    readonly authenticatorAttachment?: string;
    readonly requireResidentKey?: boolean;
    readonly residentKey?: string;
    readonly userVerification?: string;
  };
  readonly hints?: readonly string[];
  readonly attestation?: string;
  readonly extensions?: object;
}

/** The input of `PublicKeyCredential.parseRequestOptionsFromJSON`. Binary values are base64url. */
export interface RequestOptionsJson {
  readonly challenge: string;
  readonly timeout?: number;
  readonly rpId?: string;
  readonly allowCredentials?: readonly CredentialDescriptorJson[];
  readonly userVerification?: string;
  readonly hints?: readonly string[];
  readonly extensions?: object;
}

export interface RelyingParty {
  /** The RP id, a domain: the host of the origins, or a parent domain of it. */
  readonly id: string;
  readonly name: string;
  /** Compared exactly, such as `https://portal.example.com`. */
  readonly origins: readonly string[];
}

/** How long the browser's prompt stays open: the lifetime of a challenge. */
const TIMEOUT_MS = 5 * 60_000;

/** WebAuthn 13.4.3: at least 16 random bytes. */
const MIN_CHALLENGE_BYTES = 16;

/** Decodes our base64url challenges: the library would use the UTF-8 bytes of a string. */
function challengeBytes(challenge: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Buffer.from(challenge, 'base64url'));
  if (bytes.length < MIN_CHALLENGE_BYTES || Buffer.from(bytes).toString('base64url') !== challenge)
    throw new TypeError(`A challenge must be the base64url text of at least ${MIN_CHALLENGE_BYTES} bytes.`);
  return bytes;
}

const toDescriptor = ({ credentialId, transports }: PasskeyState) => ({
  id: credentialId,
  transports: [...transports],
});

export interface RegistrationRequest {
  /** base64url, at least 16 random bytes, used once. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  /** The handle is random and base64url: authenticators store it and reveal it to anyone who has them. */
  readonly user: { readonly handle: string; readonly name: string; readonly displayName: string };
  /** The person's passkeys. An authenticator that already has one of them refuses. */
  readonly existing: readonly PasskeyState[];
  readonly authenticator: 'passkey' | 'security-key';
  /** `direct` lets security keys report their model, which lists of AAGUIDs require; browsers then ask the person for consent. */
  readonly attestation?: 'none' | 'direct';
}

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
    excludeCredentials: existing.filter(({ rpId }) => rpId === relyingParty.id).map(toDescriptor),
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
  /** The passkeys that may answer. Those of another RP id are ignored. Empty: any that the authenticator offers. */
  readonly allow: readonly PasskeyState[];
  readonly userVerification: 'required' | 'preferred' | 'discouraged';
}

export async function createAssertionOptions(request: AssertionRequest): Promise<RequestOptionsJson> {
  const { relyingParty, allow, userVerification } = request;
  const { generateAuthenticationOptions } = await loadServer();
  return generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: challengeBytes(request.challenge),
    allowCredentials: allow.filter(({ rpId }) => rpId === relyingParty.id).map(toDescriptor),
    timeout: TIMEOUT_MS,
    userVerification,
  });
}
