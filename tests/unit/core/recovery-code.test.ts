import { scryptSync } from 'node:crypto';
import * as fc from 'fast-check';
import {
  FEW_RECOVERY_CODES,
  formatRecoveryCode,
  hashRecoveryCode,
  hashRecoveryCodes,
  issueRecoveryCodes,
  parseRecoveryCode,
  verifyRecoveryCode,
} from '../../../src/core/proof/recovery-code';

const code = '0123456789ABC';

describe('issueRecoveryCodes', () => {
  it('numbers ten codes and writes them in groups', () => {
    const codes = issueRecoveryCodes();
    expect(codes.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { number, code: plain, text } of codes) {
      expect(text).toMatch(/^\d{1,2}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}$/);
      expect(parseRecoveryCode(text)).toEqual({ number, code: plain });
    }
  });

  it('are few when three are left', () => {
    expect(FEW_RECOVERY_CODES).toBe(3);
  });

  it('draws each character evenly, and no code twice', () => {
    const codes = Array.from({ length: 1000 }, () =>
      issueRecoveryCodes().map((issued) => issued.code),
    ).flat();
    expect(new Set(codes).size).toBe(10_000);
    const counts = new Map<string, number>();
    for (const character of codes.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    // 13 characters of 32 values: 65 bits.
    expect(counts.size).toBe(32);
    const expected = (10_000 * 13) / 32;
    const chiSquare = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    );
    // 31 degrees of freedom: a fair source exceeds 95 once in ten million times.
    expect(chiSquare).toBeLessThan(95);
  });
});

describe('parseRecoveryCode', () => {
  it.each([
    '3-0123-4567-89ABC',
    '3-o123-4567-89abc',
    ' 3 – O I23 4567 89abc ',
    '30l23456789abc',
    '3 0123456789ABC',
    '3-0i23-4567-89ABC',
    '3—0L23—4567—89ABC',
    '3\u00A00123\u202F4567\u00A089ABC',
    '\u200E3\u20110123\u20114567\u201189ABC\u200F',
    '３－０１２３－４５６７－８９ＡＢＣ',
    '３－ｏＩ２３－４５６７－８９ａｂｃ',
    '٣-٠١٢٣-٤٥٦٧-٨٩ABC',
    '\t3-0123-4567-89ABC\r\n',
  ])('forgives how it is typed: %j', (typed) => {
    expect(parseRecoveryCode(typed)).toEqual({ number: 3, code });
  });

  it('reads what is typed up to 64 characters', () => {
    expect(parseRecoveryCode('3-0123-4567-89ABC'.padEnd(64))).toEqual({ number: 3, code });
    expect(parseRecoveryCode('3-0123-4567-89ABC'.padEnd(65))).toBeNull();
  });

  it('reads a number of two digits', () => {
    expect(parseRecoveryCode('10-0123-4567-89ABC')).toEqual({ number: 10, code });
    expect(parseRecoveryCode('lO-0123-4567-89ABC')).toEqual({ number: 10, code });
  });

  it.each([
    ['without its number', '0123-4567-89ABC'],
    ['with number 0', '0-0123-4567-89ABC'],
    ['with number 11', '11-0123-4567-89ABC'],
    ['too short', '3-0123-4567-89AB'],
    ['too long', '3-0123-4567-89ABCDE'],
    ['with a letter that is none of the alphabet', '3-0123-4567-89ABU'],
    ['with NUL', '3-0123-4567-89ABC\0'],
    ['in an array', ['3-0123-4567-89ABC']],
    ['in an object', { toString: () => '3-0123-4567-89ABC' }],
    ['a number', 30_123_456_789_012],
    ['null', null],
    ['a megabyte', '3'.repeat(1_000_000)],
    ['a megabyte of hyphens', `${'-'.repeat(1_000_000)}3-0123-4567-89ABC`],
    ['with a dotless i', '3-0\u013123-4567-89ABC'],
    ['with a letter that is two in capitals', '3-0123-4567-89AB\u00DF'],
    ['with a Cyrillic letter', '3-0123-4567-89\u0410BC'],
  ])('refuses one %s', (_name, value) => {
    expect(parseRecoveryCode(value)).toBeNull();
  });

  it('reads back whatever it wrote, and takes nothing but strings', () => {
    const character = fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split(''));
    const codes = fc.string({ unit: character, minLength: 13, maxLength: 13 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), codes, (number, plain) => {
        expect(parseRecoveryCode(formatRecoveryCode({ number, code: plain }))).toEqual({
          number,
          code: plain,
        });
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof value === 'string' || parseRecoveryCode(value) === null).toBe(true);
      }),
    );
  });
});

describe('hashRecoveryCode', () => {
  it('salts: the same code has another hash each time, and each verifies', async () => {
    const [one, other] = await Promise.all([hashRecoveryCode(code), hashRecoveryCode(code)]);
    expect(one).not.toBe(other);
    expect(await Promise.all([verifyRecoveryCode(code, one), verifyRecoveryCode(code, other)])).toEqual([
      true,
      true,
    ]);
    expect(await verifyRecoveryCode('0123456789ABD', one)).toBe(false);
  });

  it('states its cost, which is one that OWASP lists, and a salt of 128 bits', async () => {
    const hash = await hashRecoveryCode(code);
    const [, algorithm, cost, salt = ''] = hash.split('$');
    expect([algorithm, cost]).toEqual(['scrypt', 'ln=14,r=8,p=5']);
    expect(Buffer.from(salt, 'base64')).toHaveLength(16);
    expect(hash).not.toContain(code);
  });

  it('refuses a hash that is none, or that would cost without bound', async () => {
    const hash = await hashRecoveryCode(code);
    const spoiled = [
      '',
      code,
      hash.slice(0, -1),
      `${hash}A`,
      hash.replace('scrypt', 'argon2id'),
      hash.replace('ln=14', 'ln=24'),
      hash.replace('ln=14', 'ln=1'),
      hash.replace('r=8', 'r=9'),
      hash.replace('p=5', 'p=99'),
    ];
    expect(await Promise.all(spoiled.map((text) => verifyRecoveryCode(code, text)))).toEqual(
      spoiled.map(() => false),
    );
  });

  it.each([
    [13, 8, 1, true],
    [13, 8, 10, true],
    [17, 8, 1, true],
    [12, 8, 1, false],
    [18, 8, 1, false],
    [13, 7, 1, false],
    [13, 9, 1, false],
    [13, 8, 11, false],
  ])('judges a right code by a hash of cost ln=%i, r=%i, p=%i: %p', async (ln, r, p, isWithin) => {
    const salt = Buffer.alloc(16, 7);
    const hash = scryptSync(code, salt, 32, { N: 2 ** ln, r, p, maxmem: 2 ** 30 });
    const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
    const text = `$scrypt$ln=${ln},r=${r},p=${p}$${saltText}$${hashText}`;
    expect(await verifyRecoveryCode(code, text)).toBe(isWithin);
  });

  it('refuses a cost that is none', async () => {
    const hash = await hashRecoveryCode(code);
    expect(await verifyRecoveryCode(code, hash.replace('p=5', 'p=0'))).toBe(false);
    expect(await verifyRecoveryCode(code, hash.replace('r=8', 'r=0'))).toBe(false);
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    });
    await hashRecoveryCode(code);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('hashRecoveryCodes', () => {
  it('hashes a whole set in its order, and lets the hashes of others in between', async () => {
    const codes = issueRecoveryCodes();
    let isDone = false;
    const hashing = hashRecoveryCodes(codes).finally(() => {
      isDone = true;
    });
    await hashRecoveryCode('somebody else');
    await hashRecoveryCode('and one more');
    expect(isDone).toBe(false);
    const hashes = await hashing;
    expect(hashes.map(({ number }) => number)).toEqual(codes.map(({ number }) => number));
    expect(new Set(hashes.map(({ codeHash }) => codeHash)).size).toBe(codes.length);
    expect(await verifyRecoveryCode(codes[9]?.code ?? '', hashes[9]?.codeHash ?? '')).toBe(true);
  });
});
