import type { FactorWords } from '../factor-words';

export const recoveryCodeWords: FactorWords = {
  name: 'Recovery code',
  proof: 'recovery code',
  by: 'recovery code',
  label: 'Recovery codes',
  thing: 'The recovery codes',
  proofs: 'Recovery codes',
  about: 'Stand in for your other methods. Each works once.',
  offer: 'Stand in for the other methods.',
  add: 'Make recovery codes',
  replace: null,
  otherDestination: null,
  purpose: { add: 'make recovery codes', replace: 'make new recovery codes' },
  choice: 'Use a recovery code',
  noneAtHand: 'Don’t have a code?',
  prompt: {
    heading: 'Enter a recovery code',
    lead: 'Type one of the codes you saved when you set up {issuer}. Each works once.',
    field: 'Recovery code',
    hint: 'Include the number at the start, as in 3-XXXX-XXXX-XXXXX. Spaces, dashes and capitals don’t matter.',
  },
  before: null,
  setUp: { heading: 'Save your recovery codes', lead: 'Each works once.', field: 'Recovery code' },
  saved: {
    heading: 'Your recovery codes are saved',
    first: 'You can use one when you sign in.',
    further: 'You can use one when you sign in.',
  },
  refusals: {
    'wrong-code':
      'That recovery code didn’t work. Compare it with your list, or use one you haven’t used yet.',
    'code-used': 'That recovery code was used before. Use another one from your list.',
    'malformed-code': 'That doesn’t look like a recovery code. Include the number at the start.',
  },
};
