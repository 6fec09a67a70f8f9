import * as fc from 'fast-check';
import {
  exampleNumber,
  isAmongCountries,
  isCountryCode,
  parsePhoneNumber,
} from '../../../src/core/phone-number';

describe('parsePhoneNumber', () => {
  it.each([
    ['+44 7700 900123', '+447700900123', null],
    ['+447700900123', '+447700900123', null],
    ['+1 (202) 555-0143', '+12025550143', 'US'],
    ['+1.500.555.0006', '+15005550006', 'US'],
    ['0049 170 1234567', '+491701234567', 'DE'],
    ['  +33 6 12 34 56 78 ', '+33612345678', 'FR'],
  ])('reads %j', (typed, e164, country) => {
    expect(parsePhoneNumber(typed)).toMatchObject({ outcome: 'parsed', e164, country });
  });

  it('writes the number as people read it', () => {
    expect(parsePhoneNumber('+447700900123')).toMatchObject({ international: '+44 7700 900123' });
  });

  it('reads a national number where a country is given, and asks for one otherwise', () => {
    expect(parsePhoneNumber('07700 900123', 'GB')).toMatchObject({ e164: '+447700900123', country: 'GB' });
    expect(parsePhoneNumber('07700 900123')).toEqual({ outcome: 'refused', because: 'country-code-missing' });
  });

  it.each(['+1 555', '+44 7700 900123 900123 900123', '+999 123456789', '+0 123456789'])(
    'refuses a number that cannot be: %j',
    (typed) => {
      expect(parsePhoneNumber(typed)).toEqual({ outcome: 'refused', because: 'not-a-possible-number' });
    },
  );

  it.each([
    ['nothing', ''],
    ['words', 'my phone'],
    ['words around it', 'call +44 7700 900123'],
    ['a second number', '+44 7700 900123, +44 7700 900456'],
    ['an extension', '+44 7700 900123 ext. 5'],
    ['an extension mark', '+44 7700 900123;ext=5'],
    ['a context', 'tel:7700900123;phone-context=+44'],
    ['two plus signs', '++447700900123'],
    ['a plus sign within', '44+7700900123'],
    ['a line break', '+447700900123\n'],
    ['CR and LF', '+447700900123\r\nX: y'],
    ['NUL', '+447700900123\0'],
    ['other digits', '+٤٤٧٧٠٠٩٠٠١٢٣'],
    ['a megabyte', `+${'4'.repeat(1_000_000)}`],
    ['an array', ['+447700900123']],
    ['a number', 447700900123],
    ['an object', { toString: () => '+447700900123' }],
    ['null', null],
  ])('refuses %s', (_name, value) => {
    expect(parsePhoneNumber(value)).toEqual({ outcome: 'refused', because: 'not-a-phone-number' });
  });

  it('gives E.164 or a refusal, whatever comes', () => {
    const typed = fc.string({ unit: fc.constantFrom(...'+0123456789 ()-./x;'.split('')), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), typed), (value) => {
        const parsed = parsePhoneNumber(value);
        expect(parsed.outcome === 'refused' || /^\+[1-9]\d{4,14}$/.test(parsed.e164)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('isAmongCountries', () => {
  const isAmong = (typed: string, ...countries: ('GB' | 'GG' | 'US' | 'CA' | 'JM')[]) => {
    const parsed = parsePhoneNumber(typed);
    if (parsed.outcome === 'refused') throw new Error(parsed.because);
    return isAmongCountries(parsed, countries);
  };

  it('tells countries of one calling code apart where the digits do', () => {
    expect(isAmong('+12125550100', 'US')).toBe(true);
    expect(isAmong('+18765550100', 'US', 'CA')).toBe(false);
    expect(isAmong('+18765550100', 'US', 'JM')).toBe(true);
  });

  it('takes one of those that share the calling code where they do not', () => {
    expect(isAmong('+447700900123', 'GG')).toBe(true);
    expect(isAmong('+447700900123', 'US')).toBe(false);
    expect(isAmong('+447700900123', 'US', 'GG')).toBe(true);
    expect(isAmong('+447700900123')).toBe(false);
  });
});

describe('exampleNumber', () => {
  it('is one that is reserved for examples, where it is known', () => {
    expect(exampleNumber('GB')).toBe('+44 20 7946 0018');
  });

  it.each(['US', 'DE', 'FR'] as const)('is a possible number of %s as people read it', (country) => {
    const parsed = parsePhoneNumber(exampleNumber(country));
    expect(parsed).toMatchObject({ outcome: 'parsed', country, international: exampleNumber(country) });
  });
});

describe('isCountryCode', () => {
  it.each(['GB', 'US', 'DE'])('knows %s', (code) => expect(isCountryCode(code)).toBe(true));
  it.each(['gb', 'XX', '44', '', null, 44, ['GB'], '__proto__', 'constructor'])('refuses %j', (code) =>
    expect(isCountryCode(code)).toBe(false),
  );
});
