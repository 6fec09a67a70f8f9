import * as fc from 'fast-check';
import { foldEmailAddress, parseEmailAddress } from '../../../src/core/address/destination';

const refused = { outcome: 'refused', because: 'not-an-email-address' };

describe('parseEmailAddress', () => {
  it.each([
    ['ada@acme.example', 'ada@acme.example'],
    [' ada@acme.example ', 'ada@acme.example'],
    ['Ada.Lovelace+mfa@ACME.Example', 'Ada.Lovelace+mfa@acme.example'],
    ["o'brien@acme.example", "o'brien@acme.example"],
    ['sales&support@acme.example', 'sales&support@acme.example'],
    ["!#$%&'*+-/=?^_`{|}~@acme.example", "!#$%&'*+-/=?^_`{|}~@acme.example"],
    ['-@acme.example', '-@acme.example'],
    ['a.b.c@acme.example', 'a.b.c@acme.example'],
    ['1@2.example', '1@2.example'],
    ['ops@mailhost', 'ops@mailhost'],
    ['ada@my_host.acme.example', 'ada@my_host.acme.example'],
    ['ada@a.b-c.museum', 'ada@a.b-c.museum'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@пример.испытание', 'ada@xn--e1afmkfd.xn--80akhbyknj4f'],
    ['ada@ＡＣＭＥ.example', 'ada@acme.example'],
    ['\u00A0\u200Eada@acme.example\u200F', 'ada@acme.example'],
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
    ['a dot at the start', '.ada@acme.example'],
    ['a dot at the end', 'ada.@acme.example'],
    ['two dots', 'ada..lovelace@acme.example'],
    ['65 characters before the sign', `${'a'.repeat(65)}@acme.example`],
    ['an empty label', 'ada@acme..example'],
    ['a dot at the end of the domain', 'ada@acme.example.'],
    ['a hyphen at the start of a label', 'ada@-acme.example'],
    ['a label of 64 characters', `ada@${'a'.repeat(64)}.example`],
    ['an international label that gets too long', `ada@${'é'.repeat(62)}.example`],
    ['an IP address', 'ada@203.0.113.9'],
    ['an IP address of full-width digits', 'ada@２０３.0.113.9'],
    ['an IP address in short', 'ada@127.1'],
    ['an IP address in hexadecimal', 'ada@0x7f.1'],
    ['a percent sign in the domain', 'ada@ac%6De.example'],
    ['a port', 'ada@acme.example:25'],
    ['a path', 'ada@acme.example/x'],
    ['a broken international label', 'ada@xn--a'],
    ['a line separator', 'ada@acme.example\u2028eve@evil.example'],
    ['a zero-width joiner in the domain', 'ada@a\u200Db.example'],
    ['a full-width sign', 'ada＠acme.example'],
    ['a full-width comma in the domain', 'ada@acme.example，evil.example'],
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

describe('foldEmailAddress', () => {
  it.each([
    ['Ada@ACME.Example', 'ada@acme.example'],
    [' ada@bücher.example ', 'ada@xn--bcher-kva.example'],
    ['ADA@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    [' No Address ', 'no address'],
  ])('gives %j as %j', (address, folded) => {
    expect(foldEmailAddress(address)).toBe(folded);
  });
});
