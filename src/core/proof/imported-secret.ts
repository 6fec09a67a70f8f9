import { ScureBase32Plugin } from 'otplib';
import { PlainSecret } from './secrets';
import { LONGEST_SECRET_BYTES, SHORTEST_SECRET_BYTES, TOTP_PARAMETERS, type TotpParameters } from './totp';

/** The encoding of a secret in another system. `text`: the characters are the key, as UTF-8. */
export const SECRET_ENCODINGS = ['otpauth', 'base32', 'hex', 'base64', 'text'] as const;
export type SecretEncoding = (typeof SECRET_ENCODINGS)[number];

type GivenParameters = { readonly [Name in keyof TotpParameters]?: TotpParameters[Name] | undefined };

export interface GivenTotp extends GivenParameters {
  readonly secret: string;
  /** Default: `otpauth` if the secret starts with `otpauth://`, otherwise `base32`. */
  readonly encoding?: SecretEncoding | undefined;
}

export type ImportedTotp =
  | {
      readonly outcome: 'parsed';
      readonly secret: PlainSecret;
      readonly parameters: TotpParameters;
      /** Shorter than the 128 bits that RFC 4226 requires. */
      readonly isWeak: boolean;
    }
  | {
      readonly outcome: 'refused';
      /** `secret-weak`: shorter than the 128 bits that RFC 4226 requires. `secret-too-short`: below 80 bits. */
      readonly because: 'secret-malformed' | 'secret-weak' | 'secret-too-short' | 'secret-too-long';
    };

/** RFC 4226, requirement R6. */
const STRONG_BYTES = 16;

const base32 = new ScureBase32Plugin();

/** Parses a secret from another system. Refused if the URI and the caller both give a parameter and the values differ. */
export function parseImportedTotp(
  given: GivenTotp,
  { allowWeak }: { readonly allowWeak: boolean },
): ImportedTotp {
  const { secret: text, encoding = text.startsWith('otpauth://') ? 'otpauth' : 'base32' } = given;
  const { algorithm, digits, periodSeconds } = given;
  const stated = definedOf({ algorithm, digits, periodSeconds });
  const read = encoding === 'otpauth' ? readUri(text) : { key: decode(text, encoding), parameters: {} };
  if (read === null || read.key === null) return refuse('secret-malformed');
  const parameters = { ...TOTP_PARAMETERS, ...stated, ...read.parameters };
  if (Object.entries(stated).some(([name, value]) => Reflect.get(parameters, name) !== value))
    return refuse('secret-malformed');
  const { length } = read.key;
  if (length < SHORTEST_SECRET_BYTES) return refuse('secret-too-short');
  if (length > LONGEST_SECRET_BYTES) return refuse('secret-too-long');
  const isWeak = length < STRONG_BYTES;
  if (isWeak && !allowWeak) return refuse('secret-weak');
  return { outcome: 'parsed', secret: new PlainSecret(base32.encode(read.key)), parameters, isWeak };
}

function refuse(because: (ImportedTotp & { outcome: 'refused' })['because']): ImportedTotp {
  return { outcome: 'refused', because };
}

function definedOf(parameters: GivenParameters): Partial<TotpParameters> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

function decode(text: string, encoding: Exclude<SecretEncoding, 'otpauth'>): Uint8Array | null {
  if (encoding === 'text') return Buffer.from(text, 'utf8');
  const trimmed = text.trim();
  if (encoding === 'base32') return decodeBase32(trimmed);
  if (encoding === 'hex') return /^(?:[0-9a-f]{2})+$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : null;
  const letters = trimmed
    .replace(/={0,2}$/, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  const key = Buffer.from(letters, 'base64');
  return letters !== '' && key.toString('base64').replace(/=+$/, '') === letters ? key : null;
}

/** Decodes base32 as apps do: with or without groups and padding, ignoring trailing bits that do not fill a byte. */
function decodeBase32(text: string): Uint8Array | null {
  const letters = text.replaceAll(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]+$/.test(letters)) return null;
  const whole = letters.padEnd(Math.ceil(letters.length / 8) * 8, 'A');
  return base32.decode(whole).subarray(0, Math.floor((letters.length * 5) / 8));
}

const ALGORITHMS: ReadonlyMap<string, TotpParameters['algorithm']> = new Map([
  ['SHA1', 'SHA-1'],
  ['SHA256', 'SHA-256'],
  ['SHA512', 'SHA-512'],
]);

/** `SHA-256`, `sha256` and `HmacSHA256` are the same. Undefined for an algorithm that apps do not support. */
export function parseAlgorithm(text: string): TotpParameters['algorithm'] | undefined {
  return ALGORITHMS.get(text.toUpperCase().replace(/^HMAC/, '').replaceAll(/[-_]/g, ''));
}

/** Null for a URI of another kind, or with a parameter that is not supported. */
function readUri(
  text: string,
): { readonly key: Uint8Array | null; readonly parameters: Partial<TotpParameters> } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, searchParams } = new URL(text);
  if (protocol !== 'otpauth:' || host.toLowerCase() !== 'totp') return null;
  const [algorithm, digits, period] = ['algorithm', 'digits', 'period'].map((name) => searchParams.get(name));
  const parameters = {
    algorithm: parseAlgorithm(algorithm ?? 'SHA1'),
    digits: ([6, 8] as const).find((one) => String(one) === (digits ?? '6')),
    periodSeconds: ([30, 60] as const).find((one) => String(one) === (period ?? '30')),
  };
  if (Object.values(parameters).includes(undefined)) return null;
  return { key: decode(searchParams.get('secret') ?? '', 'base32'), parameters: definedOf(parameters) };
}
