import type { KeyObject } from 'node:crypto';

/** COSE_Key (RFC 9053, section 7; RFC 8230 for RSA). */
export function coseKey(key: KeyObject, algorithm: number): Buffer {
  const { kty, x = '', y = '', n = '', e = '' } = key.export({ format: 'jwk' });
  const part = (value: string) => bytes(Buffer.from(value, 'base64url'));
  const common = (type: number): Pair[] => [
    [integer(1), integer(type)],
    [integer(3), integer(algorithm)],
  ];
  if (kty === 'RSA') return cborMap([...common(3), [integer(-1), part(n)], [integer(-2), part(e)]]);
  if (kty === 'OKP') return cborMap([...common(1), [integer(-1), integer(6)], [integer(-2), part(x)]]);
  return cborMap([...common(2), [integer(-1), integer(1)], [integer(-2), part(x)], [integer(-3), part(y)]]);
}

// The part of CBOR (RFC 8949) that credentials need.

type Pair = readonly [Buffer, Buffer];

function head(majorType: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(majorType << 5) | length]);
  if (length < 256) return Buffer.from([(majorType << 5) | 24, length]);
  return Buffer.from([(majorType << 5) | 25, length >> 8, length & 0xff]);
}

function integer(value: number): Buffer {
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

export function bytes(value: Buffer): Buffer {
  return Buffer.concat([head(2, value.length), value]);
}

export function text(value: string): Buffer {
  return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
}

export function cborMap(pairs: readonly Pair[]): Buffer {
  return Buffer.concat([head(5, pairs.length), ...pairs.flat()]);
}
