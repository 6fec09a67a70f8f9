import crypto, { type BinaryLike, type ScryptOptions } from 'node:crypto';

const { scrypt } = crypto;

type Done = (error: Error | null, key: Buffer) => void;

function scryptCheaply(
  password: BinaryLike,
  salt: BinaryLike,
  keyLength: number,
  ...rest: readonly [Done] | readonly [ScryptOptions, Done]
): void {
  const [options, done] = rest.length === 1 ? [{}, rest[0]] : rest;
  scrypt(password, salt, keyLength, { ...options, N: 2 }, done);
}

/**
 * From now on scrypt takes the least memory and time. The recovery codes of one enrollment take over a second of processor time at
 * the real cost, which `tests/unit/core/recovery-code.test.ts` holds.
 */
export function makeScryptCheap(): void {
  Object.assign(crypto, { scrypt: scryptCheaply });
}

export function restoreScrypt(): void {
  Object.assign(crypto, { scrypt });
}
