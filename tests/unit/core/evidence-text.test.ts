import * as fc from 'fast-check';
import type { Evidence } from '../../../src/core/decision/assurance';
import {
  letterOfMethod,
  methodOfLetter,
  readEvidence,
  writeEvidence,
} from '../../../src/core/proof/evidence-text';

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
  },
  { requiredKeys: ['method', 'at'] },
);

describe('evidence as text', () => {
  it.each(['host', 'federated'] as const)('keeps that a sign-in was seen: %s', (method) => {
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

  it('has a letter for every method', () => {
    expect(METHODS.map((method) => methodOfLetter(letterOfMethod(method)))).toEqual(METHODS);
    expect(new Set(METHODS.map(letterOfMethod)).size).toBe(METHODS.length);
    expect(methodOfLetter('x')).toBeUndefined();
  });

  it.each([
    'x1',
    'p',
    'p-1',
    'p1,',
    ',',
    'p1:a:b:x',
    'P1',
    'T1',
    'p1:a:b:e:c',
    'pZZ',
    'p1 2',
    '{}',
    'pzzzzzzzzzzz',
    'pzzzzzzzzzzzz',
  ])('is nothing where it was not written so: %s', (text) => {
    expect(readEvidence(text)).toBeNull();
  });

  it('says by what an SMS code went in the end', () => {
    const sent: Evidence = { method: 'sms', at: 36, authenticatorId: 'a', sentBy: 'email' };
    expect(writeEvidence([sent])).toBe('s10:a::e');
    expect(readEvidence('s10:a::e')).toEqual([sent]);
    expect(readEvidence('')).toEqual([]);
  });
});
