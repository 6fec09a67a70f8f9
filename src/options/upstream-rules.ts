import * as z from 'zod';
import type { UpstreamRule, UpstreamRules } from '../core/decision/upstream-proof';
import { checkOption, refuse, type OptionRule, type RulesFor } from './option-check';
import { anObject, number } from './option-kinds';

const LONGEST_SECONDS = 30 * 86_400;

export const UPSTREAM_MFA: OptionRule = {
  schema: anObject,
  allowed: 'an object with a rule for each identity provider',
  write: "upstreamMfa: { okta: { amr: ['mfa'], maxAgeSeconds: 43200 } }",
};

/** They say that a password or a PIN was typed, or that a question was answered, which is no second factor. */
const FIRST_FACTOR_VALUES: readonly string[] = ['pwd', 'pin', 'kba'];

const claimValues = (name: string, write: string) => ({
  schema: z
    .array(z.string().min(1))
    .min(1)
    .refine((values) => !values.some((value) => FIRST_FACTOR_VALUES.includes(value)), {
      error: `${FIRST_FACTOR_VALUES.join(', ')} stand for a first factor`,
    }),
  allowed: `a list of the values of ${name} that stand for a second factor`,
  write,
});

/** The rule for one identity provider. */
const UPSTREAM = {
  acr: claimValues('acr', "acr: ['phr', 'phrh']"),
  amr: claimValues('amr', "amr: ['mfa']"),
  maxAgeSeconds: {
    ...number({ min: 1, max: LONGEST_SECONDS, unit: 'seconds', write: 'maxAgeSeconds: 43200' }),
    required: true,
  },
} satisfies RulesFor<UpstreamRule>;

const RULE: OptionRule = {
  schema: anObject,
  allowed: 'an object with acr, amr or both, and maxAgeSeconds',
  write: "{ amr: ['mfa'], maxAgeSeconds: 43200 }",
  required: true,
  fields: UPSTREAM,
};

/** Every rule, checked. */
export function resolveUpstream(given: UpstreamRules = {}): UpstreamRules {
  for (const [provider, rule] of Object.entries(given)) {
    const name = `upstreamMfa.${provider}`;
    checkOption(name, rule, RULE);
    if (rule.acr === undefined && rule.amr === undefined)
      throw refuse(name, RULE, 'it names no values of acr or amr');
  }
  return given;
}
