import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import {
  hashOneTimeCode,
  isOneTimeCode,
  issueOneTimeCode,
  parseSubmittedCode,
  type CodeBinding,
} from '../../../src/core/proof/one-time-code';
import { TYPED_CODES } from '../../support/typed-codes';

const newKey = () => randomBytes(32).toString('base64');
const keyRing = createKeyRing([newKey()]);
const binding: CodeBinding = {
  userId: 'ada',
  ownerId: 'pending-1',
  purpose: 'login',
  codeId: 'code-1',
  kind: 'sms',
  sentBy: 'sms',
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
  it.each(TYPED_CODES)('reads %s', (_what, typed, code) => {
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
  ])('refuses %s', (_name, value) => {
    expect(parseSubmittedCode(value)).toBeNull();
  });

  it('takes nothing but a string, and gives six ASCII digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), (value) => {
        const parsed = parseSubmittedCode(value);
        expect(parsed === null || (typeof value === 'string' && /^[0-9]{6}$/.test(parsed))).toBe(true);
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
    { codeId: 'code-2' },
    { sentBy: 'email' },
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
