import * as fc from 'fast-check';
import { parseEmailAddress } from '../../../src/core/email-address';

const refused = { outcome: 'refused', because: 'not-an-email-address' };

describe('parseEmailAddress', () => {
  it.each([
    ['ada@acme.example', 'ada@acme.example'],
    [' ada@acme.example ', 'ada@acme.example'],
    ['Ada.Lovelace+mfa@ACME.Example', 'Ada.Lovelace+mfa@acme.example'],
    ["o'brien@acme.example", "o'brien@acme.example"],
  ])('reads %j', (typed, address) => {
    expect(parseEmailAddress(typed)).toEqual({ outcome: 'parsed', address });
  });

  it('takes as many characters as the standard allows, and some spaces around them', () => {
    const domain = `${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(59)}.example`;
    const longest = `${'a'.repeat(64)}@${domain}`;
    expect(longest).toHaveLength(254);
    expect(parseEmailAddress(longest)).toEqual({ outcome: 'parsed', address: longest });
    expect(parseEmailAddress(`a${longest}`)).toEqual(refused);
    expect(parseEmailAddress(longest.padEnd(320))).toEqual({ outcome: 'parsed', address: longest });
    expect(parseEmailAddress(longest.padEnd(321))).toEqual(refused);
  });

  it.each([
    ['nothing', ''],
    ['no domain', 'ada@'],
    ['no name', '@acme.example'],
    ['two addresses', 'ada@acme.example,eve@evil.example'],
    ['two addresses with a space', 'ada@acme.example, eve@evil.example'],
    ['a semicolon', 'ada@acme.example;eve@evil.example'],
    ['a header', 'ada@acme.example\r\nBcc: eve@evil.example'],
    ['a line feed', 'ada@acme.example\neve@evil.example'],
    ['a carriage return', 'ada@acme.example\r'],
    ['NUL', 'ada@acme.example\0'],
    ['a tab', 'ada@acme.example\t'],
    ['a space within', 'ada @acme.example'],
    ['quotes', '"ada"@acme.example'],
    ['a display name', 'Ada <ada@acme.example>'],
    ['angle brackets', '<ada@acme.example>'],
    ['a group', 'friends:ada@acme.example;'],
    ['a comment', 'ada(eve@evil.example)@acme.example'],
    ['a literal domain', 'ada@[203.0.113.9]'],
    ['a route', '@evil.example:ada@acme.example'],
    ['two signs', 'ada@acme.example@evil.example'],
    ['a look-alike letter', 'аda@acme.example'],
    [
      '255 characters',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example-example`,
    ],
    ['a megabyte', `${'a'.repeat(1_000_000)}@acme.example`],
    ['an array', ['ada@acme.example']],
    ['an object', { address: 'ada@acme.example' }],
    ['a number', 42],
    ['null', null],
  ])('refuses %s', (_name, value) => {
    expect(parseEmailAddress(value)).toEqual(refused);
  });

  it('gives one plain address or a refusal, whatever comes', () => {
    const typed = fc.string({
      unit: fc.constantFrom(...'ab.@,;:<>"\' \r\n\0()\\[]%'.split('')),
      maxLength: 24,
    });
    const around = fc.tuple(typed, typed).map(([before, after]) => `${before}ada@acme.example${after}`);
    fc.assert(
      fc.property(fc.oneof(fc.anything(), typed, around), (value) => {
        const parsed = parseEmailAddress(value);
        expect(
          parsed.outcome === 'refused' || /^[^\s@",;:<>()[\]\\]+@[a-z0-9.-]+$/.test(parsed.address),
        ).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
