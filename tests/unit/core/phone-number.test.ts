import * as fc from 'fast-check';
import {
  exampleNumber,
  isAmongCountries,
  isCountryCode,
  parsePhoneNumber,
} from '../../../src/core/address/phone-number';

describe('parsePhoneNumber', () => {
  it.each([
    ['+44 7700 900123', '+447700900123', null],
    ['+447700900123', '+447700900123', null],
    ['+1 (202) 555-0143', '+12025550143', 'US'],
    ['+1.500.555.0006', '+15005550006', 'US'],
    ['0049 170 1234567', '+491701234567', 'DE'],
    ['  +33 6 12 34 56 78 ', '+33612345678', 'FR'],
    ['(+44) 7700 900123', '+447700900123', null],
    ['+(44) 7700/900123', '+447700900123', null],
    ['(0044) 7700 900-123', '+447700900123', null],
    ['+44 (0)7700 900123', '+447700900123', null],
    ['+44·7700·900123', '+447700900123', null],
    ['+44 – 7700 – 900123', '+447700900123', null],
    ['\u202A+44\u00A07700\u202F900123\u202C', '+447700900123', null],
    ['\u200F+44 7700 900123\u200E', '+447700900123', null],
    ['＋４４　７７００　９００１２３', '+447700900123', null],
    ['+٤٤ ٧٧٠٠ ٩٠٠١٢٣', '+447700900123', null],
    ['٠٠٤٤ ٧٧٠٠ ٩٠٠١٢٣', '+447700900123', null],
    ['+४४ ७७०० ९००१२३', '+447700900123', null],
    ['+447700900123\r\n', '+447700900123', null],
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

  it.each([
    ['+1 900 234 5678', 'premium rate'],
    ['+44 909 879 0123', 'premium rate'],
    ['+33 890 123 456', 'premium rate, as only the full numbering plan knows'],
    ['+33 810 123 456', 'shared cost'],
    ['+44 70 1234 5678', 'a personal number'],
    ['+44 76 4012 3456', 'a pager'],
    ['+800 1234 5678', 'international freephone'],
    ['+808 1234 5678', 'international shared cost'],
    ['+870 773 111 632', 'satellite'],
    ['00870 773 111 632', 'satellite'],
    ['+٨٧٠ ٧٧٣ ١١١ ٦٣٢', 'satellite'],
    ['+878 10 1234567890', 'a universal personal number'],
    ['+881 6 1234 5678', 'satellite'],
    ['+882 16 2123 4567', 'satellite'],
    ['+883 5100 1234 5678', 'a network of machines'],
    ['+888 123 456', 'relief agencies'],
    ['+979 1 2345 6789', 'premium rate'],
  ])('refuses %s, since it is %s', (typed) => {
    expect(parsePhoneNumber(typed)).toEqual({ outcome: 'refused', because: 'number-not-textable' });
  });

  it('refuses them with a default country too', () => {
    const refused = { outcome: 'refused', because: 'number-not-textable' };
    expect(parsePhoneNumber('011 870 773111632', 'US')).toEqual(refused);
    expect(parsePhoneNumber('900 234 5678', 'US')).toEqual(refused);
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
    ['a link', 'tel:+447700900123'],
    ['a context', 'tel:7700900123;phone-context=+44'],
    ['two plus signs', '++447700900123'],
    ['a plus sign within', '44+7700900123'],
    ['CR and LF', '+447700900123\r\nX: y'],
    ['NUL', '+447700900123\0'],
    ['two numbers', '+447700900123 +447700900456'],
    ['two numbers with a slash', '+447700900123 / +447700900456'],
    ['pauses', '+447700900123,,1234'],
    ['a star', '*100#'],
    ['a look-alike of a digit', '+44770090012O'],
    ['a plus sign after a digit', '(44+) 7700900123'],
    ['only punctuation', '(+)'],
    ['a megabyte', `+${'4'.repeat(1_000_000)}`],
    ['an array', ['+447700900123']],
    ['a number', 447700900123],
    ['an object', { toString: () => '+447700900123' }],
    ['null', null],
  ])('refuses %s', (_name, value) => {
    expect(parsePhoneNumber(value)).toEqual({ outcome: 'refused', because: 'not-a-phone-number' });
  });

  it('gives E.164 or a refusal, whatever comes', () => {
    const typed = fc.string({
      unit: fc.constantFrom(...'+0123456789٤４ ()-./x;\u200F'.split('')),
      maxLength: 30,
    });
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
