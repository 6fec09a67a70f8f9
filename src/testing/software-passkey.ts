import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bytes, cborMap, coseKey, text } from './credential-bytes';

/** The fields of the creation options that are used here (WebAuthn Level 3, `parseCreationOptionsFromJSON`). */
export interface CreationOptions {
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
  readonly pubKeyCredParams: readonly { readonly alg: number }[];
  readonly excludeCredentials?: readonly { readonly id: string }[];
}

/** The fields of the request options that are used here (`parseRequestOptionsFromJSON`). */
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

export interface SoftwarePasskeyOptions {
  /** The origin of the page, such as `https://portal.example.com`. */
  readonly origin: string;
  /** Whether the passkey verifies its user, by a fingerprint or a PIN. Default true. */
  readonly userVerification?: boolean;
  /** COSE number: -7 ES256 (default), -8 EdDSA, -257 RS256. */
  readonly algorithm?: -7 | -8 | -257;
  /** Whether the passkey can be synced, and is. Default false. */
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  /** Whether it counts its signatures. Default false, like synced passkeys. */
  readonly counts?: boolean;
  /** The model: 16 bytes in hexadecimal digits. Default: zeros. */
  readonly aaguid?: string;
}

/** Replaces parts of a valid answer, as an attacker or another authenticator would send them. */
export interface ForgedParts {
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  readonly counter?: number;
  readonly credentialId?: string;
  readonly userHandle?: string | null;
  readonly authenticatorData?: Buffer;
  readonly attestationObject?: Buffer;
  readonly signature?: Buffer;
  /** The algorithm that the key claims to be for. */
  readonly algorithm?: number;
}

export interface RegistrationAnswer {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly clientExtensionResults: Record<string, unknown>;
  readonly authenticatorAttachment: 'platform';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: string[];
  };
}

export interface AuthenticationAnswer {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly clientExtensionResults: Record<string, unknown>;
  readonly authenticatorAttachment: 'platform';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

export interface SoftwarePasskey {
  /** The id of its credential; empty before it is registered. */
  readonly credentialId: string;
  /** Answers `navigator.credentials.create`. */
  register(options: CreationOptions, forged?: ForgedParts): RegistrationAnswer;
  /** Answers `navigator.credentials.get`. */
  authenticate(options: RequestOptions, forged?: ForgedParts): AuthenticationAnswer;
  /** A copy of the authenticator, with the same key and the current counter. */
  clone(): SoftwarePasskey;
}

interface Credential {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * A software passkey for tests. It answers registration and authentication options like a browser with an authenticator. It
 * holds one credential at a time.
 *
 * @example
 * const passkey = createSoftwarePasskey({ origin: 'https://portal.example.com' });
 * const answer = passkey.register(options); // post it as `response`
 */
export function createSoftwarePasskey(options: SoftwarePasskeyOptions): SoftwarePasskey {
  return openPasskey(options, null, 0);
}

function openPasskey(
  options: SoftwarePasskeyOptions,
  held: Credential | null,
  startAt: number,
): SoftwarePasskey {
  const { origin, userVerification = true, algorithm = -7, counts = false } = options;
  const hostname = new URL(origin).hostname;
  let credential = held;
  let counter = startAt;

  function clientData(type: string, challenge: string, forged: ForgedParts): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...forged.clientData }));
  }

  function authenticatorData(rpId: string, forged: ForgedParts, attested: Buffer = Buffer.alloc(0)): Buffer {
    if (counts) counter += 1;
    const flags =
      bit(0, forged.userPresent ?? true) |
      bit(2, forged.userVerified ?? userVerification) |
      bit(3, forged.backupEligible ?? options.backupEligible ?? false) |
      bit(4, forged.backedUp ?? options.backedUp ?? false) |
      bit(6, attested.length > 0);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(forged.counter ?? counter, 1);
    return Buffer.concat([sha256(forged.rpId ?? rpId), head, attested]);
  }

  return {
    get credentialId() {
      return credential?.id ?? '';
    },

    register({ rp, user, challenge }, forged = {}) {
      const rpId = rp.id ?? hostname;
      const keys = newKeyPair(algorithm);
      credential = {
        id: forged.credentialId ?? randomBytes(32).toString('base64url'),
        rpId,
        userHandle: user.id,
        ...keys,
      };
      const id = Buffer.from(credential.id, 'base64url');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length, 0);
      const aaguid = Buffer.from(options.aaguid ?? '0'.repeat(32), 'hex');
      const key = coseKey(keys.publicKey, forged.algorithm ?? algorithm);
      const authData =
        forged.authenticatorData ?? authenticatorData(rpId, forged, Buffer.concat([aaguid, length, id, key]));
      const attestation =
        forged.attestationObject ??
        cborMap([
          [text('fmt'), text('none')],
          [text('attStmt'), cborMap([])],
          [text('authData'), bytes(authData)],
        ]);
      return {
        id: credential.id,
        rawId: credential.id,
        type: 'public-key',
        clientExtensionResults: { credProps: { rk: true } },
        authenticatorAttachment: 'platform',
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, forged).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      };
    },

    authenticate({ challenge }, forged = {}) {
      if (credential === null) throw new Error('This passkey is not registered yet: call register first.');
      const client = clientData('webauthn.get', challenge, forged);
      const authData = forged.authenticatorData ?? authenticatorData(credential.rpId, forged);
      const digest = algorithm === -8 ? null : 'sha256';
      const signature =
        forged.signature ?? sign(digest, Buffer.concat([authData, sha256(client)]), credential.privateKey);
      const id = forged.credentialId ?? credential.id;
      const userHandle = forged.userHandle === undefined ? credential.userHandle : forged.userHandle;
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        authenticatorAttachment: 'platform',
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(userHandle === null ? {} : { userHandle }),
        },
      };
    },

    clone: () => openPasskey(options, credential, counter),
  };
}

function bit(place: number, isSet: boolean): number {
  return isSet ? 1 << place : 0;
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function newKeyPair(algorithm: -7 | -8 | -257): {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
} {
  if (algorithm === -7) return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return algorithm === -8
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}
