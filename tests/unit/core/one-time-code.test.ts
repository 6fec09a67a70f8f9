import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { createKeyRing } from '../../../src/core/key-ring';
import {
  hashOneTimeCode,
  isOneTimeCode,
  issueOneTimeCode,
  parseSubmittedCode,
} from '../../../src/core/one-time-code';
import type { CodeBinding } from '../../../src/core/one-time-code';

const newKey = () => randomBytes(32).toString('base64');
const keyRing = createKeyRing([newKey()]);
const binding: CodeBinding = {
  userId: 'ada',
  ownerId: 'pending-1',
  purpose: 'login',
  challengeId: 'challenge-1',
  kind: 'sms',
  address: null,
};

describe('issueOneTimeCode', () => {
  it('draws six uniform digits, leading zeros included', () => {
    const codes = Array.from({ length: 20_000 }, issueOneTimeCode);
    expect(codes.every((code) => /^[0-9]{6}$/.test(code))).toBe(true);
    for (let place = 0; place < 6; place += 1) {
      const counts = Array.from({ length: 10 }, () => 0);
      for (const code of codes) counts[Number(code[place])] = (counts[Number(code[place])] ?? 0) + 1;
      const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
      // 9 degrees of freedom: a fair source exceeds 50 once in ten million times.
      expect(chiSquare).toBeLessThan(50);
    }
    expect(new Set(codes).size).toBeGreaterThan(19_500);
  });
});

describe('parseSubmittedCode', () => {
  it.each([
    ['204417', '204417'],
    ['204 417', '204417'],
    [' 204-417 ', '204417'],
    [`${' '.repeat(26)}204417`, '204417'],
    ['000000', '000000'],
  ])('takes %j', (typed, code) => {
    expect(parseSubmittedCode(typed)).toBe(code);
  });

  it.each([
    ['an array', ['204417']],
    ['a number', 204417],
    ['an object', { toString: () => '204417' }],
    ['a boxed string', Object('204417')],
    ['null', null],
    ['undefined', undefined],
    ['true', true],
    ['five digits', '20441'],
    ['seven digits', '2044170'],
    ['more spaces than anybody types', `${' '.repeat(27)}204417`],
    ['a sign', '+204417'],
    ['an exponent', '2044e7'],
    ['a decimal point', '20441.7'],
    ['hexadecimal digits', '0x2044'],
    ['full-width digits', '２０４４１７'],
    ['Arabic digits', '٢٠٤٤١٧'],
    ['a line break', '204417\n'],
    ['CR and LF', '204417\r\n'],
    ['NUL', '204417\0'],
    ['NUL within', '204\u0000417'],
    ['a zero-width space', '204\u200B417'],
    ['a no-break space', '204\u00A0417'],
    ['a megabyte of digits', '1'.repeat(1_000_000)],
    ['a megabyte of spaces', `${' '.repeat(1_000_000)}204417`],
  ])('refuses %s', (_name, value) => {
    expect(parseSubmittedCode(value)).toBeNull();
  });

  it('takes nothing but a string of six ASCII digits', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseSubmittedCode(value);
        expect(parsed === null || (typeof value === 'string' && /^[0-9]{6}$/.test(parsed))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('1', '9', ' ', '-', '+', '\n', 'a', '１') }), (value) => {
        const isCode = value.length <= 32 && /^[0-9]{6}$/.test(value.replaceAll(/[ -]/g, ''));
        expect(parseSubmittedCode(value) !== null).toBe(isCode);
      }),
    );
  });
});

describe('hashOneTimeCode', () => {
  const codeHash = hashOneTimeCode({ code: '204417', binding }, keyRing);
  const judge = (submittedCode: string, changed: Partial<CodeBinding> = {}, expectedHash = codeHash) =>
    isOneTimeCode({ submittedCode, expectedHash, binding: { ...binding, ...changed } }, keyRing);

  it('recognizes the code and no other', () => {
    expect(judge('204417')).toBe(true);
    expect(judge('204418')).toBe(false);
  });

  it.each<Partial<CodeBinding>>([
    { userId: 'alan' },
    { ownerId: 'pending-2' },
    { purpose: 'enroll' },
    { challengeId: 'challenge-2' },
    { kind: 'email' },
    { address: 'ada@acme.example' },
  ])('is bound to the one request it was sent for: %j', (changed) => {
    expect(judge('204417', changed)).toBe(false);
  });

  it('tells apart bindings that would read alike when strung together', () => {
    const one = hashOneTimeCode(
      { code: '204417', binding: { ...binding, userId: 'a', ownerId: 'b:c' } },
      keyRing,
    );
    expect(judge('204417', { userId: 'a:b', ownerId: 'c' }, one)).toBe(false);
    expect(judge('204417', { userId: 'a","b', ownerId: 'c' }, one)).toBe(false);
  });

  it('does not hold the code, and needs the key to be tried', () => {
    expect(codeHash).not.toContain('204417');
    const other = createKeyRing([newKey()]);
    expect(isOneTimeCode({ submittedCode: '204417', expectedHash: codeHash, binding }, other)).toBe(false);
  });

  it('outlives the rotation of keys', () => {
    const [oldKey, newerKey] = [newKey(), newKey()];
    const expectedHash = hashOneTimeCode({ code: '204417', binding }, createKeyRing([oldKey]));
    const rotated = createKeyRing([newerKey, oldKey]);
    expect(isOneTimeCode({ submittedCode: '204417', expectedHash, binding }, rotated)).toBe(true);
    const dropped = createKeyRing([newerKey]);
    expect(isOneTimeCode({ submittedCode: '204417', expectedHash, binding }, dropped)).toBe(false);
  });

  it('never throws, whatever stands in the store or is submitted', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (submittedCode, expectedHash) => {
        expect(judge(submittedCode, {}, expectedHash)).toBe(false);
      }),
    );
    for (let length = 0; length < codeHash.length; length += 1) {
      expect(judge('204417', {}, codeHash.slice(0, length))).toBe(false);
    }
    expect(judge('204417', {}, `${codeHash}=`)).toBe(false);
  });
});
