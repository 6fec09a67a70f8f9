/** What people read for each reason: what happened, then what to do. The code is the contract, the sentence is not. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['wrong-credentials', 'That email or password did not work. Check both and try again.'],
  ['too-many-passwords', 'There were too many tries. Wait a few minutes, then try again.'],
  ['malformed-code', 'That does not look like a code. Type the digits as they are shown.'],
  ['wrong-code', 'That code did not work. Check the newest one and try again.'],
  ['code-used', 'That code was used before. Wait for the next one and type that.'],
  ['code-expired', 'That code is too old. Send a new one.'],
  [
    'clock-off',
    'That code is for another time. Your phone’s clock is off: set it to automatic, then try the next code.',
  ],
  [
    'secret-unreadable',
    'This method cannot be used now. Choose another one, or ask your administrator for help.',
  ],
  ['no-challenge', 'There is nothing to confirm here. Choose how you want to prove it is you.'],
  ['challenge-expired', 'This step is over. Start it again.'],
  ['attempts-exhausted', 'Those were five wrong tries. Sign in again to start over.'],
  ['locked', 'There were too many wrong codes. Wait until the lock ends, or use a recovery code.'],
  [
    'authenticator-disabled',
    'This method was switched off after too many wrong codes. Use another one, then set it up again.',
  ],
  ['session-ended', 'You were signed out. Sign in again.'],
  ['session-expired', 'Your session is over. Sign in again.'],
  ['no-session', 'Sign in to go on.'],
  ['send-limit', 'A code was sent a moment ago. Use that one, or wait before you send another.'],
  ['delivery-failed', 'The code could not be sent. Try again in a minute, or choose another way.'],
  ['no-usable-factor', 'There is no method that you can use here. Ask your administrator for help.'],
  ['records-unavailable', 'Your sign-in methods cannot be found. Ask your administrator for help.'],
  ['no-authenticator', 'That method is not one of yours. Choose one from the list.'],
  [
    'not-a-phone-number',
    'That is not a phone number. Type it with its country code, such as +44 20 7946 0018.',
  ],
  ['country-code-missing', 'The country code is missing. Type the number like +44 20 7946 0018.'],
  ['not-a-possible-number', 'No phone has that number. Check the digits and the country code.'],
  ['not-an-email-address', 'That is not an email address. Type one, such as name@example.com.'],
  ['method-not-offered', 'Your organization does not offer that method. Choose another one.'],
  ['cannot-skip', 'This cannot be put off any longer. Set up a method to go on.'],
  ['not-acknowledged', 'Tick the box once you have saved the codes.'],
  ['wrong-password', 'That password did not work. Check it and try again.'],
  ['wizard-over', 'There is nothing to set up here.'],
  ['assurance-too-low', 'Prove it is you with your second method.'],
  ['authentication-too-old', 'Prove it is you once more.'],
  ['required', 'Set up a second method to go on.'],
  ['offered', 'Set up a second method, or put it off.'],
  ['mfa-required', 'This account needs a second factor, so a password alone does not work here.'],
  ['not-found', 'There is nothing here.'],
  ['csrf-token-refused', 'This page is too old or was opened elsewhere. Go back, reload it and try again.'],
  ['body-unreadable', 'What was sent cannot be read. Go back and try again.'],
  ['store-unavailable', 'This does not work at the moment. Try again in a minute.'],
]);

export function sentenceFor(because: string): string {
  return SENTENCES.get(because) ?? 'This does not work at the moment. Try again in a minute.';
}
