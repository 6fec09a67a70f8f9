import type { FactorWords } from '../factor-words';

export const totpWords: FactorWords = {
  name: 'Authenticator app',
  proof: 'authenticator app',
  by: 'authenticator app',
  label: 'Authenticator app',
  thing: 'The authenticator app',
  proofs: 'Codes from your authenticator app',
  about: 'Shows a new code every 30 seconds, even offline.',
  offer: 'Works offline.',
  add: 'Add authenticator app',
  replace: null,
  otherDestination: null,
  purpose: { add: 'add an authenticator app', replace: 'add an authenticator app' },
  choice: 'Use your authenticator app',
  noneAtHand: 'Can’t use your app?',
  prompt: {
    heading: 'Enter the code from your app',
    lead: 'Open your authenticator app and type the code shown for {issuer}{label}.',
    field: 'Code',
    hint: 'The app shows a new code every 30 seconds.',
  },
  before: {
    heading: 'Get an authenticator app',
    lead: 'Install one of these on your phone, from its app store. Any other works too.',
    button: 'I have an app, continue',
  },
  setUp: {
    heading: 'Scan this with your app',
    lead: 'In your authenticator app, choose “add account” and point the camera here.',
    field: 'Code shown by the app',
  },
  saved: {
    heading: 'Your authenticator app is saved',
    first: 'From now on we ask for a code from your authenticator app when you sign in.',
    further: 'When you sign in, you can use a code from this app.',
  },
  refusals: {},
};
