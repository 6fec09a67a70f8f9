import { randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { normalizeTyped } from '../text/typed-text';
import { isEqualInConstantTime } from './one-time-code';

/** One code of a set, in plain text. `text` is shown once. */
export interface RecoveryCode {
  readonly number: number;
  /** Thirteen Crockford base32 characters: 65 random bits (NIST SP 800-63B-4, 4.2.1.1, asks for 64). */
  readonly code: string;
  /** `3-XXXX-XXXX-XXXXX`. */
  readonly text: string;
}

export const RECOVERY_CODE_COUNT = 10;

/** The person is warned when this many codes are left. */
export const FEW_RECOVERY_CODES = 3;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 13;
const MAX_TYPED_LENGTH = 64;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/**
 * The cheapest parameter set of the OWASP password storage cheat sheet, which is strong enough for passwords. Hashing a set of
 * ten takes just over a second of CPU time, once per enrollment. Each hash includes its parameters.
 */
const COST = { ln: 14, r: 8, p: 5 };
/** Half of Node's thread pool, so that hashing a whole set does not block other people's password checks. */
const HASHED_AT_ONCE = 2;

export function formatRecoveryCode({ number, code }: Pick<RecoveryCode, 'number' | 'code'>): string {
  return `${number}-${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

function issueRecoveryCode(number: number): RecoveryCode {
  // 256 is a multiple of 32, so each character is uniform.
  const code = [...randomBytes(CODE_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
  return { number, code, text: formatRecoveryCode({ number, code }) };
}

export function issueRecoveryCodes(): readonly RecoveryCode[] {
  return Array.from({ length: RECOVERY_CODE_COUNT }, (_, index) => issueRecoveryCode(index + 1));
}

/** Ignores case and separators, accepts digits of every script, and reads O as 0, I and L as 1. */
export function parseRecoveryCode(value: unknown): Pick<RecoveryCode, 'number' | 'code'> | null {
  if (typeof value !== 'string' || value.length > MAX_TYPED_LENGTH) return null;
  const text = normalizeTyped(value)
    .replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const found = /^([1-9]|10)([0-9A-HJKMNP-TV-Z]{13})$/.exec(text);
  const [, number, code] = found ?? [];
  return number === undefined || code === undefined ? null : { number: Number(number), code };
}

function deriveHash(code: string, salt: Buffer, { ln, r, p }: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * r * 2 ** ln };
  return new Promise((resolve, reject) => {
    scrypt(code, salt, HASH_BYTES, options, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}

const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

function formatHash(salt: Buffer, hash: Buffer, { ln, r, p }: typeof COST): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encode(salt)}$${encode(hash)}`;
}

/** Salted scrypt as a PHC string. Does not block the event loop. */
export async function hashRecoveryCode(code: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return formatHash(salt, await deriveHash(code, salt, COST), COST);
}

export async function hashRecoveryCodes(
  codes: readonly RecoveryCode[],
): Promise<readonly { readonly number: number; readonly codeHash: string }[]> {
  const hashes = new Map<number, string>();
  const left = [...codes];
  async function hashInTurn(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      // oxlint-disable-next-line no-await-in-loop
      hashes.set(next.number, await hashRecoveryCode(next.code));
    }
  }
  await Promise.all(Array.from({ length: HASHED_AT_ONCE }, hashInTurn));
  return codes.map(({ number }) => ({ number, codeHash: hashes.get(number) ?? '' }));
}

/** False for a wrong code, an unknown hash format, or a cost out of bounds. */
export async function verifyRecoveryCode(submittedCode: string, codeHash: string): Promise<boolean> {
  const found = /^\$scrypt\$ln=(\d{1,2}),r=(\d),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$[A-Za-z0-9+/]{43}$/.exec(
    codeHash,
  );
  const [, ln, r, p, encodedSalt] = found ?? [];
  if (encodedSalt === undefined) return false;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (cost.ln < 13 || cost.ln > 17 || cost.r !== 8 || cost.p < 1 || cost.p > 10) return false;
  const salt = Buffer.from(encodedSalt, 'base64');
  return isEqualInConstantTime(formatHash(salt, await deriveHash(submittedCode, salt, cost), cost), codeHash);
}
