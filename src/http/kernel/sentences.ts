import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/present-factor';

/** What people read for each reason: what happened, then what to do. The code is the contract, the sentence is not. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['wrong-credentials', 'That email or password didn’t work. Check both and try again.'],
  ['too-many-passwords', 'There were too many tries. Wait a few minutes, then try again.'],
  ['malformed-code', 'That doesn’t look like a code. Type the digits as shown.'],
  ['counter', 'There may be a copy of this authenticator, so it wasn’t accepted. Use another method.'],
  ['aaguid-not-allowed', 'This model isn’t allowed here. Use another one.'],
  ['wrong-code', 'That code didn’t work. Check the newest one and try again.'],
  ['code-used', 'That code was already used. Wait for the next one.'],
  ['code-expired', 'That code has expired. Ask for a new one.'],
  [
    'clock-off',
    'That code doesn’t match the current time. Your phone’s clock is off: set it to automatic, then try the next code.',
  ],
  [
    'clock-off-explained',
    'That code doesn’t match the current time. Set the clock as it says above, then try the next code.',
  ],
  [
    'secret-unreadable',
    'This method can’t be used now. Choose another one, or ask your administrator for help.',
  ],
  ['no-challenge', 'There’s nothing to confirm here. Choose how you want to confirm it’s you.'],
  ['challenge-expired', 'This step timed out. Start again.'],
  ['attempts-exhausted', 'You entered too many wrong codes. Sign in again to start over.'],
  [
    'locked',
    'There were too many wrong codes. Open the link that we sent you, use a recovery code, or wait until the lock ends.',
  ],
  [
    'unlock-link-over',
    'This link has expired or was already used. If codes are still locked, wait until the lock ends.',
  ],
  ['unlock-link-of-another', 'The link is for another account. Sign out, then open it again.'],
  ['unlock-used-up', 'You entered three wrong codes, so the link is used up. Wait until the lock ends.'],
  [
    'authenticator-disabled',
    'This method was turned off after too many wrong codes. Use another one. To set it up again, use a recovery code or ask your administrator to reset your methods.',
  ],
  [
    'session-ended',
    'Your session was ended from another browser, by an administrator, or because your password changed. Sign in again to continue.',
  ],
  ['session-expired', 'Your session expired. Sign in again to continue.'],
  ['sign-in-too-old', 'This change needs a recent sign-in. Sign in again to continue.'],
  [
    'sign-in-unseen',
    'This can’t be changed here, because the app doesn’t say when you signed in. Ask its support for help.',
  ],
  ['login-expired', 'Sign-in timed out. Sign in again to continue.'],
  ['login-ended', 'Sign-in stopped because all of your sessions were ended. Sign in again to continue.'],
  ['no-session', 'Sign in to continue.'],
  ['unknown-field', 'The request has a field with an unknown name. Correct it, or leave it out.'],
  ['send-limit', 'A code was sent a moment ago. Use that one, or wait before you ask for another.'],
  [
    'send-budget-exhausted',
    'We can’t send any more codes right now. Choose another way, or try again later.',
  ],
  [
    'country-not-allowed',
    'We don’t send text messages to that country. Type another number, or choose another way.',
  ],
  ['delivery-failed', 'We couldn’t send the code. Try again in a minute, or choose another way.'],
  [
    'same-channel',
    'You came in through that email address, so a code sent to it proves nothing more. Sign in with your password, or use another method.',
  ],
  ['no-usable-factor', 'There’s no method you can use here. Ask your administrator for help.'],
  [
    'strongest-unusable',
    'The method this needs no longer works. Use a recovery code, or ask your administrator to reset your methods.',
  ],
  ['records-unavailable', 'We can’t find your sign-in methods. Ask your administrator for help.'],
  [
    'last-factor',
    'Your organization requires at least one method. Add another one before you remove this one.',
  ],
  ['no-factor', 'Recovery codes stand in for a method. Add one first.'],
  [
    'too-many-authenticators',
    'You’ve reached the maximum number of methods. Remove one in your settings first.',
  ],
  ['too-many-changes', 'You’ve done that too often. Try again in an hour.'],
  ['label-missing', 'The name is missing. Type one.'],
  ['codes-not-shown', 'The codes can’t be shown again. Make a new set in your settings.'],
  ['no-authenticator', 'That isn’t one of your methods. Choose one from the list.'],
  [
    'not-a-phone-number',
    'That isn’t a phone number. Type it with its country code, such as +44 20 7946 0018.',
  ],
  ['country-code-missing', 'The country code is missing. Type the number like +44 20 7946 0018.'],
  ['not-a-possible-number', 'No phone has that number. Check the digits and the country code.'],
  [
    'number-not-textable',
    'Texts aren’t sent to premium-rate, satellite and similar numbers. Type a mobile number, or choose another way.',
  ],
  ['not-an-email-address', 'That isn’t an email address. Type one, such as name@example.com.'],
  ['method-not-offered', 'Your organization doesn’t offer that method. Choose another one.'],
  ['cannot-skip', 'You can’t skip this any longer. Set up a method to continue.'],
  ['not-acknowledged', 'Tick the box once you have saved the codes.'],
  ['wrong-password', 'That password didn’t work. Check it and try again.'],
  ['wizard-over', 'There’s nothing left to set up.'],
  ['assurance-too-low', 'Nothing was changed yet. Confirm it’s you with your second step, then try again.'],
  ['authentication-too-old', 'Nothing was changed yet. Confirm it’s you, then try again.'],
  ['required', 'Set up a method to continue.'],
  ['offered', 'Set up a method, or skip it for now.'],
  ['second-step', 'One more step: use your second method to sign in.'],
  ['mfa-required', 'This account needs a second step, so a password alone doesn’t work here.'],
  [
    'not-found',
    'The address may be mistyped, or what was here is gone. Check it, or start from the front page.',
  ],
  [
    'not-an-administrator',
    'These pages are for administrators, and you aren’t one here. Ask whoever runs this site.',
  ],
  ['unknown-filter', 'There’s no such filter. Go back and choose one above the list.'],
  ['unknown-event', 'There’s no event with that name. Go back and choose one from the list.'],
  ['unknown-severity', 'There’s no severity of that name. Go back and choose one from the list.'],
  ['unknown-date', 'That isn’t a date. Write it like 2026-11-22.'],
  ['page-size', 'A page has 1 to 200 rows. Ask for a number between these.'],
  ['malformed', 'A value is missing or of the wrong kind. Check what was sent and try again.'],
  ['malformed-date', 'That isn’t a date. Choose one, such as 2026-12-15.'],
  ['reason-missing', 'A reason is needed. Write one, so that others understand it later.'],
  ['end-not-in-future', 'Choose a future date.'],
  ['end-too-far', 'That’s too far away. Choose an end within ten years.'],
  [
    'protected-elsewhere',
    'Nothing was changed. This member also belongs to another organization with multi-factor authentication on, and the same methods protect it. Ask the people who run this site to do it.',
  ],
  ['not-yourself', 'You can’t do this for yourself. Ask another administrator.'],
  ['kind-not-allowed', 'That method can’t be assigned. Allow it in the policy first, or choose another one.'],
  ['password-needed', 'Type your password once more to switch it off.'],
  ['not-confirmed', 'Nothing was switched off yet. Confirm it to continue.'],
  [
    'policy-changed-meanwhile',
    'Someone else changed the policy, so nothing was saved. Review their changes, then try again.',
  ],
  [
    'would-lock-you-out-enroll-first',
    'Nothing was saved: this would lock you out. Set up a method of your own first, then save it again.',
  ],
  [
    'would-lock-you-out-allow-another-method',
    'Nothing was saved: this would lock you out. Allow a method that you have or can set up, then save it again.',
  ],
  ['csrf-token-refused', 'This page is out of date, so nothing was done. Open it again and try once more.'],
  ['other-site', 'This came from another site, so nothing was done. Open the page here and try once more.'],
  [
    'other-address',
    'You opened this site at an address that isn’t its own, so nothing was done. Open it at the right one and try again.',
  ],
  [
    'plain-http',
    'The connection isn’t secure, so nothing was done. Open this page over https and try again.',
  ],
  [
    'cookie-not-sent',
    'This site can’t keep you signed in right now, so nothing was done. The fault is on our side: tell whoever runs this site.',
  ],
  ['host-misconfigured', 'The fault is on our side: this site isn’t set up right. Tell whoever runs it.'],
  ['session-missing', 'The fault is on our side: this site isn’t set up right. Tell whoever runs it.'],
  ['user-unavailable', 'The fault is on our side: this site isn’t set up right. Tell whoever runs it.'],
  [
    'cookie-missing',
    'Your browser didn’t send back this site’s cookie, so nothing was done. Allow cookies for this site, then try again.',
  ],
  [
    'session-cookie-missing',
    'If you’ve just signed in, your browser didn’t keep this site’s cookie. Allow cookies for this site, then sign in again.',
  ],
  [
    'session-cookie-not-sent',
    'If you’ve just signed in, this site couldn’t keep you signed in. The fault is on our side: tell whoever runs this site.',
  ],
  [
    'token-missing',
    'The request didn’t carry this page’s token, so nothing was done. Reload the page and try again.',
  ],
  ['body-unread', 'We couldn’t read that request, so nothing was done. Reload the page and try again.'],
  ['page-too-old', 'This page was open for too long, so nothing was done. Open it again and try once more.'],
  [
    'sign-in-form-too-old',
    'This page was open for too long, so nothing was tried. Type your password again to sign in.',
  ],
  [
    'sign-in-out-of-date',
    'This page was out of date, so nothing was tried. Type your password again to sign in.',
  ],
  [
    'session-changed',
    'You signed in or out after you opened this page, or it was open for too long, so nothing was done. Open it again and try once more.',
  ],
  ['body-unreadable', 'We couldn’t read that request. Go back and try again.'],
  ['store-unavailable', 'The fault is on our side. Try again in a minute.'],
]);

export function sentenceFor(because: string, kind?: FactorKind): string {
  const ofKind = kind === undefined ? undefined : wordsOf(kind).refusals[because];
  return ofKind ?? SENTENCES.get(because) ?? 'Something went wrong on our side. Try again in a minute.';
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['password', 'password'],
  ['federated', 'identity provider'],
  ['host', 'the site’s own sign-in'],
  ['remembered-browser', 'remembered browser'],
  ['upstream', 'the provider’s second factor'],
]);

/** `Password and authenticator app`, for how a session was proven. */
export function proofInWords(methods: readonly string[]): string {
  const words = methods.map((method) => WORDS.get(method) ?? wordsOf(method).proof);
  const [last] = words.slice(-1);
  if (last === undefined) return 'Nothing';
  const before = words.slice(0, -1);
  const sentence = before.length === 0 ? last : `${before.join(', ')} and ${last}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
