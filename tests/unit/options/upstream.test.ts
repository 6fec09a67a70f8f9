import { ConfigurationError } from '../../../src/core/errors';
import { resolveUpstream } from '../../../src/options/option-rules';

const resolve = (rule: unknown) => resolveUpstream({ okta: rule } as never);

describe('upstreamMfa', () => {
  it.each([
    ['an unknown field', { amr: ['mfa'], maxAge: 60, maxAgeSeconds: 60 }, /upstreamMfa\.okta.*maxAgeSeconds/],
    ['no maximum age', { amr: ['mfa'] }, /maxAgeSeconds: it is missing/],
    ['an endless age', { amr: ['mfa'], maxAgeSeconds: Infinity }, /maxAgeSeconds/],
    ['no values', { maxAgeSeconds: 60 }, /names no values of acr or amr/],
    ['an empty list', { amr: [], maxAgeSeconds: 60 }, /upstreamMfa\.okta.*amr/],
    ['a text for a list', { acr: 'phr', maxAgeSeconds: 60 }, /acr: a text of 3 characters/],
    ['a first factor', { amr: ['pwd'], maxAgeSeconds: 60 }, /pwd, pin, kba stand for a first factor/],
    ['no object', true, /upstreamMfa\.okta: true was passed/],
  ])('refuses %s, and says what to write', (_what, rule, message) => {
    expect(() => resolve(rule)).toThrow(ConfigurationError);
    expect(() => resolve(rule)).toThrow(message);
    expect(() => resolve(rule)).toThrow(/Write /);
  });

  it('takes values of acr, of amr, or of both', () => {
    const rules = { a: { acr: ['phr'], maxAgeSeconds: 1 }, b: { amr: ['mfa'], maxAgeSeconds: 2_592_000 } };
    expect(resolveUpstream(rules)).toEqual(rules);
  });
});
