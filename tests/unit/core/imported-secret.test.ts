import { parseImportedTotp, type GivenTotp } from '../../../src/core/proof/imported-secret';

const KEY = Buffer.from('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const USUAL = { algorithm: 'SHA-1', digits: 6, periodSeconds: 30 };

function parse(given: GivenTotp, allowWeak = false) {
  const parsed = parseImportedTotp(given, { allowWeak });
  return parsed.outcome === 'parsed'
    ? { secret: parsed.secret.reveal(), parameters: parsed.parameters }
    : parsed.because;
}

describe('parseImportedTotp', () => {
  it.each<[string, GivenTotp]>([
    ['base32 by default', { secret: BASE32 }],
    ['base32 in groups and lower case', { secret: 'gezd gnbv gy3t qojq gezd-gnbv-gy3t-qojq' }],
    ['padded base32', { secret: `${BASE32}======`, encoding: 'base32' }],
    ['hex', { secret: KEY.toString('hex'), encoding: 'hex' }],
    ['upper-case hex', { secret: KEY.toString('hex').toUpperCase(), encoding: 'hex' }],
    ['base64', { secret: KEY.toString('base64'), encoding: 'base64' }],
    ['base64url', { secret: KEY.toString('base64url'), encoding: 'base64' }],
    ['text that is the key', { secret: KEY.toString(), encoding: 'text' }],
    ['a URI', { secret: `otpauth://totp/Acme:ada?secret=${BASE32}&issuer=Acme` }],
    [
      'a URI that says what is usual',
      { secret: `otpauth://TOTP/x?secret=${BASE32}&algorithm=SHA1&digits=6&period=30` },
    ],
  ])('reads %s', (_name, given) => {
    expect(parse(given)).toEqual({ secret: BASE32, parameters: USUAL });
  });

  it('reads parameters of a URI, and those beside the secret', () => {
    const parameters = { algorithm: 'SHA-512', digits: 8, periodSeconds: 60 } as const;
    const secret = `otpauth://totp/x?secret=${BASE32}&algorithm=SHA512&digits=8&period=60`;
    expect(parse({ secret })).toEqual({ secret: BASE32, parameters });
    expect(parse({ secret: BASE32, ...parameters })).toEqual({ secret: BASE32, parameters });
    expect(parse({ secret, ...parameters })).toEqual({ secret: BASE32, parameters });
    expect(parse({ secret, digits: 6 })).toBe('secret-malformed');
  });

  it('reads base32 as apps do: bits that make no whole byte are ignored', () => {
    // 27 characters are 135 bits: 16 bytes and 7 bits, of which some are set.
    expect(parse({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGYZ' })).toEqual(
      parse({ secret: KEY.subarray(0, 16).toString('hex'), encoding: 'hex' }),
    );
  });

  it.each<[string, GivenTotp]>([
    ['base32 with a digit that it does not have', { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1' }],
    ['nothing but blanks', { secret: '   ' }],
    ['hex with an odd number of digits', { secret: `${KEY.toString('hex')}a`, encoding: 'hex' }],
    ['base64 with foreign characters', { secret: '!!!!aGVsbG8gd29ybGQgMTIzNDU2', encoding: 'base64' }],
    ['a URI of a counter', { secret: `otpauth://hotp/x?secret=${BASE32}&counter=1` }],
    ['a URI without a secret', { secret: 'otpauth://totp/x?issuer=Acme' }],
    ['7 digits', { secret: `otpauth://totp/x?secret=${BASE32}&digits=7` }],
    ['a period of 15 seconds', { secret: `otpauth://totp/x?secret=${BASE32}&period=15` }],
    ['MD5', { secret: `otpauth://totp/x?secret=${BASE32}&algorithm=MD5` }],
    ['another address', { secret: `https://totp/x?secret=${BASE32}`, encoding: 'otpauth' }],
  ])('refuses %s', (_name, given) => {
    expect(parse(given)).toBe('secret-malformed');
  });

  it.each([
    [9, 'secret-too-short', 'secret-too-short'],
    [10, 'secret-weak', 'parsed'],
    [15, 'secret-weak', 'parsed'],
    [16, 'parsed', 'parsed'],
    [128, 'parsed', 'parsed'],
    [129, 'secret-too-long', 'secret-too-long'],
  ])('judges the length of a secret: %i bytes', (bytes, usually, allowed) => {
    const given = { secret: 'k'.repeat(bytes), encoding: 'text' } as const;
    const said = (parsed: ReturnType<typeof parse>) => (typeof parsed === 'string' ? parsed : 'parsed');
    expect(said(parse(given))).toBe(usually);
    expect(said(parse(given, true))).toBe(allowed);
  });
});
