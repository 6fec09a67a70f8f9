import type { FactorWords } from '../factor-words';

const COMMON = {
  before: null,
  refusals: {
    'wrong-code': 'That code didn’t work. Check the newest message and try again.',
    'code-used': 'That code was used before. Ask for a new one.',
  },
  noneAtHand: 'Try another way',
};

export const smsWords: FactorWords = {
  ...COMMON,
  name: 'Text message',
  proof: 'text message',
  by: 'text message',
  label: 'Phone',
  thing: 'The phone',
  proofs: 'Codes by text message',
  about: 'We text a code to your phone. Texts can be intercepted; an app is safer.',
  offer: 'Sent to a phone number.',
  add: 'Add a phone number',
  replace: 'Change number',
  otherDestination: 'Use another number',
  purpose: { add: 'add a phone number', replace: 'change your phone number' },
  choice: { named: 'Text a code to {destination}', unnamed: 'Text a code to your phone' },
  prompt: {
    heading: 'Check your phone',
    lead: {
      named: 'We texted a 6-digit code to {destination}.',
      unnamed: 'We texted a 6-digit code to your phone.',
    },
    field: 'Code',
    hint: null,
  },
  setUp: {
    heading: 'Enter your phone number',
    lead: 'We text a 6-digit code to it now, and each time you sign in.',
    field: 'Mobile number',
  },
  saved: {
    heading: 'Your phone number is saved',
    first: {
      named: 'From now on we text a code to {destination} when you sign in.',
      unnamed: 'From now on we text a code to your phone when you sign in.',
    },
    further: {
      named: 'When you sign in, we can text a code to {destination}.',
      unnamed: 'When you sign in, we can text a code to your phone.',
    },
  },
};

export const emailWords: FactorWords = {
  ...COMMON,
  name: 'Email',
  proof: 'email code',
  by: 'email',
  label: 'Email',
  thing: 'The email address',
  proofs: 'Codes by email',
  about: 'We send a code to your email address. As safe as your mailbox.',
  offer: 'Sent to an email address. As safe as that mailbox.',
  add: 'Add an email address',
  replace: null,
  otherDestination: 'Use another address',
  purpose: { add: 'add an email address', replace: 'add an email address' },
  choice: { named: 'Email a code to {destination}', unnamed: 'Email a code to you' },
  prompt: {
    heading: 'Check your email',
    lead: {
      named: 'We sent a 6-digit code to {destination}.',
      unnamed: 'We sent a 6-digit code to your email address.',
    },
    field: 'Code',
    hint: null,
  },
  setUp: {
    heading: 'Enter your email address',
    lead: 'We send a 6-digit code to it now, and each time you sign in.',
    field: 'Email address',
  },
  saved: {
    heading: 'Your email address is saved',
    first: {
      named: 'From now on we email a code to {destination} when you sign in.',
      unnamed: 'From now on we email a code to you when you sign in.',
    },
    further: {
      named: 'When you sign in, we can email a code to {destination}.',
      unnamed: 'When you sign in, we can email a code to you.',
    },
  },
};
