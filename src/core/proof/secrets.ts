import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { FactorKind } from '../member/factor-kind';
import type { KeyRing } from './key-ring';

/**
 * A secret or an address in plain text. It is an object and not a string, so that no store method accepts it and it never shows
 * in a log, an error or JSON.
 */
export class PlainSecret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** The owner of a secret. A sealed secret only opens if all three fields match, so a row copied elsewhere is useless. */
export interface SealBinding {
  readonly userId: string;
  readonly authenticatorId: string;
  readonly kind: FactorKind;
}

export type OpenedSecret =
  /** `stale`: sealed under an older key, and should be sealed again. */
  | { readonly outcome: 'opened'; readonly secret: PlainSecret; readonly stale: boolean }
  | { readonly outcome: 'unreadable' };

const VERSION = 'v1';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const UNREADABLE: OpenedSecret = { outcome: 'unreadable' };

function additionalData(keyId: string, { userId, authenticatorId, kind }: SealBinding): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, userId, authenticatorId, kind]));
}

/** Seals with AES-256-GCM under the current key and a fresh 96-bit nonce (NIST SP 800-38D): `v1.<key id>.<base64url>`. */
export function sealSecret(keyRing: KeyRing, secret: PlainSecret, binding: SealBinding): string {
  const { id, key } = keyRing.current('seal');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(id, binding));
  const body = Buffer.concat([
    nonce,
    cipher.update(secret.reveal(), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return `${VERSION}.${id}.${body.toString('base64url')}`;
}

/** Opens what `sealSecret` made; `unreadable` for anything else, whatever is wrong with it. */
export function openSecret(
  keyRing: KeyRing,
  sealedSecret: string | null,
  binding: SealBinding,
): OpenedSecret {
  if (sealedSecret === null) return UNREADABLE;
  const [version, keyId = '', encoded = '', ...rest] = sealedSecret.split('.');
  const found = keyRing.find('seal', keyId);
  if (version !== VERSION || found === undefined || rest.length > 0) return UNREADABLE;
  const body = Buffer.from(encoded, 'base64url');
  // Decoding is lenient; only accept the exact encoding that was written.
  if (body.length < NONCE_BYTES + TAG_BYTES || body.toString('base64url') !== encoded) return UNREADABLE;
  const nonce = body.subarray(0, NONCE_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, found.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(keyId, binding));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    const stale = keyRing.current('seal').id !== keyId;
    return { outcome: 'opened', secret: new PlainSecret(opened.toString('utf8')), stale };
  } catch {
    return UNREADABLE;
  }
}

/** A decision needs only this and does not open the secret. True if there is no secret. */
export function isSealKeyKnown(keyRing: KeyRing, sealedSecret: string | null): boolean {
  if (sealedSecret === null) return true;
  const [version, keyId = ''] = sealedSecret.split('.', 2);
  return version === VERSION && keyRing.find('seal', keyId) !== undefined;
}
