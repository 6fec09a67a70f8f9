import { loadHelpers, loadServer, type RelyingParty } from './ceremony-options';
import { afterAssertion, type AssertionFacts, type PasskeyState } from './passkey-state';
import { ALGORITHMS, isComplete, judgeClientData, judgeKey, type CeremonyRefusal } from './signed-data';
import type { SubmittedCredential } from './submitted-credential';

export interface CeremonyRejection {
  readonly outcome: 'rejected';
  readonly because: CeremonyRefusal;
}

const MAX_CREDENTIAL_ID_BYTES = 1023;

const rejected = (because: CeremonyRefusal): CeremonyRejection => ({ outcome: 'rejected', because });

export interface Registration {
  readonly response: SubmittedCredential;
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  /** AAGUIDs (UUIDs). Null allows every model. The authenticator reports its model itself, unverified. */
  readonly allowedAaguids: readonly string[] | null;
  readonly deniedAaguids: readonly string[];
}

export type RegistrationResult =
  { readonly outcome: 'verified'; readonly state: PasskeyState } | CeremonyRejection;

/** WebAuthn 7.1. The caller checks that no other person has this credential, and that the challenge is used only once. */
export async function verifyRegistration(registration: Registration): Promise<RegistrationResult> {
  const { response, challenge, relyingParty, allowedAaguids, deniedAaguids } = registration;
  if (response.ceremony !== 'registration') return rejected('malformed');
  const { id, clientDataJSON, transports } = response;
  const { origins } = relyingParty;
  const refusal = judgeClientData(clientDataJSON, { type: 'webauthn.create', challenge, origins });
  if (refusal !== null) return rejected(refusal);

  const unattested = await withoutStatement(response.attestationObject);
  if (unattested === null) return rejected('malformed');
  const read = await readAuthenticatorData(unattested.authData, relyingParty.id);
  if ('because' in read) return read;
  const { credentialID, credentialPublicKey, flags } = read;
  if (credentialID === undefined || credentialPublicKey === undefined) return rejected('malformed');
  if (credentialID.length > MAX_CREDENTIAL_ID_BYTES) return rejected('malformed');
  if (Buffer.from(credentialID).toString('base64url') !== id) return rejected('wrong-credential');
  const keyRefusal = judgeKey(read.key);
  if (keyRefusal !== null) return rejected(keyRefusal);

  const { verifyRegistrationResponse } = await loadServer();
  const verification = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, attestationObject: unattested.attestationObject },
    },
    expectedChallenge: challenge,
    expectedOrigin: [...origins],
    expectedRPID: relyingParty.id,
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => null);
  if (verification === null || !verification.verified) return rejected('malformed');
  const { aaguid, credential, userVerified, credentialBackedUp } = verification.registrationInfo;
  const isListed = (list: readonly string[]) => list.some((entry) => entry.toLowerCase() === aaguid);
  if (isListed(deniedAaguids) || (allowedAaguids !== null && !isListed(allowedAaguids)))
    return rejected('aaguid-not-allowed');
  return {
    outcome: 'verified',
    state: {
      format: 1,
      credentialId: id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      signCount: credential.counter,
      transports,
      rpId: relyingParty.id,
      aaguid,
      backupEligible: flags.be,
      backedUp: credentialBackedUp,
      uvSeen: userVerified,
    },
  };
}

export interface Assertion {
  readonly response: SubmittedCredential;
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  readonly state: PasskeyState;
  /** The user handle of its owner, base64url. */
  readonly userHandle: string;
  readonly requireUserVerification: boolean;
  /** Required if no username was given: only the handle identifies the user then (WebAuthn 7.2, step 6). */
  readonly requireUserHandle?: boolean;
}

export type AssertionResult =
  ({ readonly outcome: 'verified'; readonly userVerified: boolean } & AssertionFacts) | CeremonyRejection;

/** WebAuthn 7.2. The caller uses up the challenge, and stores the result of `afterAssertion` with a conditional write. */
export async function verifyAssertion(assertion: Assertion): Promise<AssertionResult> {
  const { response, challenge, relyingParty, state, userHandle, requireUserVerification } = assertion;
  if (response.ceremony !== 'assertion') return rejected('malformed');
  const { id, clientDataJSON, authenticatorData, signature } = response;
  const { origins } = relyingParty;
  if (id !== state.credentialId) return rejected('wrong-credential');
  const isOwner =
    response.userHandle === null ? !assertion.requireUserHandle : response.userHandle === userHandle;
  if (!isOwner) return rejected('wrong-user');
  const refusal = judgeClientData(clientDataJSON, { type: 'webauthn.get', challenge, origins });
  if (refusal !== null) return rejected(refusal);

  const read = await readAuthenticatorData(Buffer.from(authenticatorData, 'base64url'), state.rpId);
  if ('because' in read) return read;
  if (state.rpId !== relyingParty.id) return rejected('wrong-rp');
  const { flags, counter } = read;
  if (requireUserVerification && !flags.uv) return rejected('not-verified');
  if (flags.be !== state.backupEligible) return rejected('malformed');

  const { verifyAuthenticationResponse } = await loadServer();
  const verification = await verifyAuthenticationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature },
    },
    expectedChallenge: challenge,
    expectedOrigin: [...origins],
    expectedRPID: relyingParty.id,
    requireUserVerification,
    // With counter 0, the library does not check the counter. It would do so before the signature, so that anybody could trigger
    // a report of a copied authenticator.
    credential: { id, publicKey: new Uint8Array(Buffer.from(state.publicKey, 'base64url')), counter: 0 },
  }).catch(() => null);
  if (verification === null || !verification.verified) return rejected('wrong-signature');
  const facts = { signCount: counter, backedUp: flags.bs };
  if (afterAssertion(state, facts) === null) return rejected('counter');
  return { outcome: 'verified', ...facts, userVerified: flags.uv };
}

async function readAuthenticatorData(data: Uint8Array, rpId: string) {
  const { toHash } = await loadHelpers();
  const bytes = new Uint8Array(data);
  const parsed = await parseCompletely(bytes);
  if (parsed === null) return rejected('malformed');
  if (!Buffer.from(parsed.rpIdHash).equals(await toHash(rpId))) return rejected('wrong-rp');
  if (!parsed.flags.up) return rejected('not-present');
  // Synced but not allowed to sync: these flags contradict each other (WebAuthn 6.1.3).
  return parsed.flags.bs && !parsed.flags.be ? rejected('malformed') : parsed;
}

async function parseCompletely(bytes: Uint8Array<ArrayBuffer>) {
  const { parseAuthenticatorData, isoCBOR } = await loadHelpers();
  try {
    const parsed = parseAuthenticatorData(bytes);
    if (!isComplete(bytes, parsed)) return null;
    const { credentialPublicKey } = parsed;
    const key = credentialPublicKey === undefined ? null : isoCBOR.decodeFirst<unknown>(credentialPublicKey);
    return { ...parsed, key };
  } catch {
    return null;
  }
}

/** We never trust a statement, and its certificates would make the library fetch URLs that the sender chose. */
async function withoutStatement(attestationObject: string) {
  const { decodeAttestationObject, isoCBOR, isoBase64URL } = await loadHelpers();
  try {
    const decoded: unknown = decodeAttestationObject(
      new Uint8Array(Buffer.from(attestationObject, 'base64url')),
    );
    const authData: unknown = decoded instanceof Map ? decoded.get('authData') : null;
    if (!(authData instanceof Uint8Array)) return null;
    const rewritten = new Map<string | number, Parameters<typeof isoCBOR.encode>[0]>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return { authData, attestationObject: isoBase64URL.fromBuffer(isoCBOR.encode(rewritten)) };
  } catch {
    return null;
  }
}
