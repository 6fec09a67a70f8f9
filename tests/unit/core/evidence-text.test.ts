import * as fc from 'fast-check';
import {
  readEvidence,
  readMethod,
  writeEvidence,
  writeMethod,
  type Evidence,
} from '../../../src/core/decision/assurance';

const METHODS = [
  'password',
  'host',
  'federated',
  'remembered-browser',
  'totp',
  'email',
  'sms',
  'recovery-code',
] as const;

const someText = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const evidence: fc.Arbitrary<Evidence> = fc.record(
  {
    method: fc.constantFrom(...METHODS),
    at: fc.nat({ max: 8_640_000_000_000_000 }),
    authenticatorId: someText,
    channel: someText,
    sentBy: fc.constant('email' as const),
    amr: fc.subarray(['hwk', 'pop', 'user'], { minLength: 1 }),
  },
  { requiredKeys: ['method', 'at'] },
);

describe('evidence as text', () => {
  it.each(['host', 'federated', 'passkey'] as const)('keeps that a sign-in was seen: %s', (method) => {
    const found: Evidence = { method, at: 1, channel: 'c' };
    expect(readEvidence(writeEvidence([{ ...found, seen: true }]))).toEqual([{ ...found, seen: true }]);
    expect(readEvidence(writeEvidence([found]))).toEqual([found]);
  });

  it('comes back as it went in, whatever its ids are made of', () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 5 }), (given) => {
        const text = writeEvidence(given);
        expect(readEvidence(text)).toEqual(given);
        expect(text).not.toMatch(/["\\ |]/);
      }),
    );
  });

  it('tells every method from the others, and keeps a kind that only another version knows', () => {
    const methods = [...METHODS, 'a-kind-to-come'];
    expect(methods.map((method) => readMethod(writeMethod(method)))).toEqual(methods);
    expect(new Set(methods.map(writeMethod)).size).toBe(methods.length);
    expect(['x', 'password', 'Totp', 'to tp', ''].map(readMethod)).toEqual(Array(5).fill(undefined));
    expect(readEvidence('a-kind-to-come:1:a')).toEqual([
      { method: 'a-kind-to-come', at: 1, authenticatorId: 'a' },
    ]);
  });

  it.each([
    'x:1',
    'p',
    'p:-1',
    'p:1,',
    ',',
    'p:1:a:b:x',
    'P:1',
    'B:1',
    'Totp :1',
    'p:1:a:b:email:C',
    'p:1:a:b:email:c+',
    'p:1:a:b:email:c:d',
    'p:ZZ',
    'p:1 2',
    '{}',
    'p:zzzzzzzzzzz',
    'p:zzzzzzzzzzzz',
  ])('is nothing where it was not written so: %s', (text) => {
    expect(readEvidence(text)).toBeNull();
  });

  it('says by what an SMS code went in the end', () => {
    const sent: Evidence = { method: 'sms', at: 36, authenticatorId: 'a', sentBy: 'email' };
    expect(writeEvidence([sent])).toBe('sms:10:a::email');
    expect(readEvidence('sms:10:a::email')).toEqual([sent]);
    expect(readEvidence('')).toEqual([]);
  });
});
