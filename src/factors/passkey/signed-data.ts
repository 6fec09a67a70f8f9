import { createPublicKey, type JsonWebKeyInput } from 'node:crypto';

/** The check of WebAuthn 7.1 or 7.2 that failed. */
export type CeremonyRefusal =
  | 'wrong-challenge'
  | 'wrong-origin'
  | 'cross-origin'
  | 'wrong-rp'
  | 'not-present'
  | 'not-verified'
  | 'wrong-signature'
  | 'wrong-credential'
  | 'wrong-user'
  | 'algorithm'
  | 'malformed'
  | 'aaguid-not-allowed'
  | 'counter';

/** EdDSA, ES256, RS256. Set explicitly, because the library's defaults change with the version of Node. */
export const ALGORITHMS = [-8, -7, -257];

interface ExpectedClientData {
  readonly type: 'webauthn.create' | 'webauthn.get';
  readonly challenge: string;
  readonly origins: readonly string[];
}

/** Checks what the browser reports about the requesting page. Null if everything is right. */
export function judgeClientData(
  clientDataJSON: string,
  expected: ExpectedClientData,
): CeremonyRefusal | null {
  const clientData = readObject(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
  if (clientData === null || clientData['type'] !== expected.type) return 'malformed';
  if (clientData['challenge'] !== expected.challenge) return 'wrong-challenge';
  const { origin, crossOrigin = false, topOrigin } = clientData;
  if (typeof origin !== 'string' || !expected.origins.includes(origin)) return 'wrong-origin';
  // Refuse a page in another site's frame. The library accepts it at registration, and without `topOrigin`.
  return crossOrigin === false && topOrigin === undefined ? null : 'cross-origin';
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The parts of authenticator data that the library parsed, encoded as CBOR again (WebAuthn 6.1). */
interface ParsedAuthenticatorData {
  readonly credentialID?: Uint8Array;
  readonly credentialPublicKey?: Uint8Array;
  readonly extensionsDataBuffer?: Uint8Array;
}

/** The RP id hash, flags, counter, AAGUID and the length of the credential id. */
const BYTES_BEFORE_ID = 55;

/** If the data ends inside a text or byte string, the library silently takes what is there. */
export function isComplete(data: Uint8Array, parsed: ParsedAuthenticatorData): boolean {
  const { credentialID: id, credentialPublicKey: key, extensionsDataBuffer: extensions } = parsed;
  const containsAt = (part: Uint8Array, start: number) =>
    Buffer.from(data.subarray(start, start + part.length)).equals(part);
  if (key !== undefined && !containsAt(key, BYTES_BEFORE_ID + (id?.length ?? 0))) return false;
  return extensions === undefined || containsAt(extensions, data.length - extensions.length);
}

/** The labels of a COSE_Key (RFC 9052 section 7, RFC 9053 section 7, RFC 8230 section 4). */
const KEY_TYPE = 1;
const ALGORITHM = 3;
const CURVE_OR_MODULUS = -1;
const X_OR_EXPONENT = -2;
const Y = -3;

const MIN_RSA_BITS = 2048;

export function judgeKey(key: unknown): CeremonyRefusal | null {
  if (!isMap(key)) return 'malformed';
  const jwk = toJwk(key, key.get(ALGORITHM));
  if (jwk === null) return 'algorithm';
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key: jwk, format: 'jwk' });
    return (details?.modulusLength ?? MIN_RSA_BITS) >= MIN_RSA_BITS ? null : 'algorithm';
  } catch {
    return 'malformed';
  }
}

const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> => value instanceof Map;

/** Handles each of `ALGORITHMS`. WebAuthn 5.8.5 requires a specific key type and curve for each. Null for any other key. */
function toJwk(key: ReadonlyMap<unknown, unknown>, algorithm: unknown): JsonWebKeyInput['key'] | null {
  const is = (type: number, curve: number) =>
    key.get(KEY_TYPE) === type && key.get(CURVE_OR_MODULUS) === curve;
  const part = (label: number) => {
    const value = key.get(label);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : '';
  };
  if (algorithm === -7 && is(2, 1)) return { kty: 'EC', crv: 'P-256', x: part(X_OR_EXPONENT), y: part(Y) };
  if (algorithm === -8 && is(1, 6)) return { kty: 'OKP', crv: 'Ed25519', x: part(X_OR_EXPONENT) };
  if (algorithm === -257 && key.get(KEY_TYPE) === 3)
    return { kty: 'RSA', n: part(CURVE_OR_MODULUS), e: part(X_OR_EXPONENT) };
  return null;
}
