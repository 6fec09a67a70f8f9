import type { FactorWords } from '../factor-words';

export const passkeyWords: FactorWords = {
  name: 'Passkey',
  proof: 'passkey',
  by: 'passkey',
  label: 'Passkey',
  thing: 'The passkey',
  proofs: 'Passkeys',
  about: 'Confirm with your fingerprint, face, screen lock or security key. Only works on the real site.',
  offer: 'The only method that a fake sign-in page can’t steal.',
  add: 'Add passkey',
  replace: null,
  otherDestination: null,
  purpose: { add: 'add a passkey', replace: 'add a passkey' },
  choice: 'Use your passkey',
  noneAtHand: 'Can’t use your passkey?',
  prompt: {
    heading: 'Confirm with your passkey',
    lead: 'Your browser asks for your passkey. Confirm with your fingerprint, face, screen lock or security key.',
    field: 'Passkey',
    hint: null,
  },
  before: { heading: 'Add a passkey', lead: 'Choose where to keep it.', button: null },
  setUp: {
    heading: 'Save your passkey',
    lead: 'Select Continue and follow your browser. Nothing secret is sent to us.',
    field: 'Passkey',
  },
  saved: {
    heading: 'Your passkey is saved',
    first: 'From now on we ask for your passkey when you sign in.',
    further: 'When you sign in, you can use this passkey.',
  },
  refusals: {
    counter: 'There may be a copy of this passkey, so it wasn’t accepted. Use another method.',
    'aaguid-not-allowed': 'This model isn’t allowed here. Use another one.',
    'wrong-code': 'That didn’t work. Try again, or use another method.',
    'code-used': 'That answer was already used. Try again.',
    'code-expired': 'That took too long. Try again.',
    'not-verified':
      'Your passkey didn’t check your fingerprint, face or PIN. Sign in with your password, then confirm with it.',
  },
};
