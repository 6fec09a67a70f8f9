import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** The purpose of a key. Each purpose has its own key, so that a value made for one is not valid for another. */
export type KeyPurpose = 'seal' | 'code' | 'destination' | 'session' | 'token' | 'visitor';

/** A key derived for one purpose. The id identifies the original key and reveals nothing about it. */
export interface PurposeKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface KeyRing {
  current(purpose: KeyPurpose): PurposeKey;
  find(purpose: KeyPurpose, id: string): PurposeKey | undefined;
  /** Every key, the current one first. */
  all(purpose: KeyPurpose): readonly PurposeKey[];
}

const PURPOSES: readonly KeyPurpose[] = ['seal', 'code', 'destination', 'session', 'token', 'visitor'];
const KEY_BYTES = 32;
const HOW_TO_MAKE_ONE = `Write 32 random bytes in base64, as \`openssl rand -base64 32\` prints them.`;

function decodeKey(key: string): Buffer | null {
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(key) && key.replace(/=+$/, '').length % 4 !== 1;
  return isBase64 ? Buffer.from(key, 'base64') : null;
}

/** Of 32 random bytes, about 30 are distinct; fewer than 16 is less likely than guessing the key. */
function looksRandom(bytes: Buffer): boolean {
  if (new Set(bytes).size < 16) return false;
  const steps = new Set([...bytes.subarray(1)].map((byte, index) => (byte - bytes.readUInt8(index)) & 0xff));
  return steps.size > 4;
}

/** Whether the key looks like a placeholder or a passphrase: words, encoded in base64 or written directly. */
function looksWritten(key: string, bytes: Buffer): boolean {
  const isPrintable = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  const isOneAlphabet = /^(?:[a-z_-]+|[A-Z_-]+|\d+)=*$/.test(key);
  return isPrintable || isOneAlphabet || /change.?me|secret|password|example|default/i.test(key);
}

/** Says what is wrong with a key and what to write instead, or null. The text never contains the key. */
export function findKeyFault(key: unknown): string | null {
  if (typeof key !== 'string' || key === '') return `A key is missing. ${HOW_TO_MAKE_ONE}`;
  const bytes = decodeKey(key);
  if (bytes === null) return `A key is not base64. ${HOW_TO_MAKE_ONE}`;
  if (bytes.length < KEY_BYTES)
    return `A key has ${bytes.length} bytes; it needs 32 or more. ${HOW_TO_MAKE_ONE}`;
  if (!looksRandom(bytes)) return `A key repeats itself and can be guessed. ${HOW_TO_MAKE_ONE}`;
  if (looksWritten(key, bytes)) return `A key looks like written text or a placeholder. ${HOW_TO_MAKE_ONE}`;
  return null;
}

export function assertUsableKey(key: unknown): asserts key is string {
  const fault = findKeyFault(key);
  if (fault !== null) throw new TypeError(fault);
}

function derive(secret: Buffer, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `express-mfa/v1/${info}`, length));
}

/**
 * The first key makes new values, and every key reads old ones. To rotate without downtime: add the new key last on every
 * process, then move it first, then remove the old key when nothing uses it any more.
 */
export function createKeyRing(keys: readonly string[]): KeyRing {
  if (keys.length === 0) throw new TypeError(`A key is missing. ${HOW_TO_MAKE_ONE}`);
  const rings = new Map<KeyPurpose, Map<string, PurposeKey>>(PURPOSES.map((purpose) => [purpose, new Map()]));
  for (const key of keys) {
    assertUsableKey(key);
    const secret = Buffer.from(key, 'base64');
    const id = createHash('sha256')
      .update(derive(secret, 'id', 32))
      .digest('base64url')
      .slice(0, 8);
    for (const [purpose, ring] of rings) {
      ring.set(id, { id, key: derive(secret, `purpose/${purpose}`, KEY_BYTES) });
    }
  }
  const all = (purpose: KeyPurpose): readonly PurposeKey[] => [...(rings.get(purpose)?.values() ?? [])];
  return {
    current(purpose) {
      const [first] = all(purpose);
      if (first === undefined) throw new TypeError(`No key for ${purpose}.`);
      return first;
    },
    find: (purpose, id) => rings.get(purpose)?.get(id),
    all,
  };
}

/** A pseudonym of a user in the keys of counts, which outlive the user. It can be compared, but the id cannot be read from it. */
export function digestUserId(keyRing: KeyRing, userId: string): string {
  const { key } = keyRing.current('destination');
  return createHmac('sha256', key).update(`user:${userId}`).digest('base64url').slice(0, 22);
}
