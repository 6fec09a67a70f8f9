import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/present-factor';

/** What people read for each reason: what happened, then what to do. The code is the contract, the sentence is not. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['wrong-credentials', 'That email or password did not work. Check both and try again.'],
  ['too-many-passwords', 'There were too many tries. Wait a few minutes, then try again.'],
  ['malformed-code', 'That does not look like a code. Type the digits as they are shown.'],
  ['wrong-code', 'That code did not work. Check the newest one and try again.'],
  ['code-used', 'That code was used before. Wait for the next one and type that.'],
  ['code-expired', 'That code is too old. Ask for a new one.'],
  [
    'clock-off',
    'That code is for another time. Your phone’s clock is off: set it to automatic, then try the next code.',
  ],
  [
    'clock-off-explained',
    'That code is for another time. Set the clock as it says above, then try the next code.',
  ],
  [
    'secret-unreadable',
    'This method cannot be used now. Choose another one, or ask your administrator for help.',
  ],
  ['no-challenge', 'There is nothing to confirm here. Choose how you want to prove it is you.'],
  ['challenge-expired', 'This step took too long, so it is over. Start it again.'],
  ['attempts-exhausted', 'Those were five wrong tries. Sign in again to start over.'],
  [
    'locked',
    'There were too many wrong codes. Open the link that we sent you, use a recovery code, or wait until the lock ends.',
  ],
  ['unlock-link-over', 'The link is too old or was used before. Sign in, or wait until the lock ends.'],
  ['unlock-link-of-another', 'The link is for another account. Sign out, then open it again.'],
  ['unlock-used-up', 'Those were three wrong tries, so the link is used up. Wait until the lock ends.'],
  [
    'authenticator-disabled',
    'This method was turned off after too many wrong codes. Use another one. To set it up again, use a recovery code or ask your administrator to reset your methods.',
  ],
  [
    'session-ended',
    'You were signed out because this session was ended, for example from another browser, by an administrator or by a new password. Sign in again to go on.',
  ],
  [
    'session-expired',
    'You were signed out because the time of this session was over, or nothing was done in it for a while. Sign in again to go on.',
  ],
  ['sign-in-too-old', 'This change needs a recent sign-in. Sign in again to continue.'],
  [
    'sign-in-unseen',
    'This can’t be changed here, because the app doesn’t say when you signed in. Ask its support for help.',
  ],
  ['login-expired', 'Signing in took too long, so it was stopped. Sign in again to go on.'],
  [
    'login-ended',
    'Signing in was stopped because all of your sessions were ended meanwhile. Sign in again to go on.',
  ],
  ['no-session', 'Sign in to go on.'],
  ['unknown-field', 'A field of the request has a name that is not known here. Correct it, or leave it out.'],
  ['send-limit', 'A code was sent a moment ago. Use that one, or wait before you ask for another.'],
  [
    'send-budget-exhausted',
    'No more codes can be sent at the moment. Choose another way, or try again later.',
  ],
  [
    'country-not-allowed',
    'Text messages are not sent to that country. Type another number, or choose another way.',
  ],
  ['delivery-failed', 'The code could not be sent. Try again in a minute, or choose another way.'],
  [
    'same-channel',
    'You came in through that email address, so a code sent to it proves nothing more. Sign in with your password, or use another method.',
  ],
  ['no-usable-factor', 'There is no method that you can use here. Ask your administrator for help.'],
  [
    'strongest-unusable',
    'The method this needs no longer works. Use a recovery code, or ask your administrator to reset your methods.',
  ],
  ['records-unavailable', 'Your sign-in methods cannot be found. Ask your administrator for help.'],
  [
    'last-factor',
    'Your organization requires at least one method. Add another one before you remove this one.',
  ],
  ['no-factor', 'Recovery codes stand in for a method. Add one first.'],
  ['too-many-authenticators', 'You have as many methods as anybody can. Remove one in your settings first.'],
  ['too-many-changes', 'That was done too often in a short time. Try again in an hour.'],
  ['label-missing', 'The name is missing. Type one.'],
  ['codes-not-shown', 'The codes are not shown any more. Make a new set in your settings.'],
  ['no-authenticator', 'That method is not one of yours. Choose one from the list.'],
  [
    'not-a-phone-number',
    'That is not a phone number. Type it with its country code, such as +44 20 7946 0018.',
  ],
  ['country-code-missing', 'The country code is missing. Type the number like +44 20 7946 0018.'],
  ['not-a-possible-number', 'No phone has that number. Check the digits and the country code.'],
  [
    'number-not-textable',
    'Texts aren’t sent to premium-rate, satellite and similar numbers. Type a mobile number, or choose another way.',
  ],
  ['not-an-email-address', 'That is not an email address. Type one, such as name@example.com.'],
  ['method-not-offered', 'Your organization does not offer that method. Choose another one.'],
  ['cannot-skip', 'This cannot be put off any longer. Set up a method to go on.'],
  ['not-acknowledged', 'Tick the box once you have saved the codes.'],
  ['wrong-password', 'That password did not work. Check it and try again.'],
  ['wizard-over', 'There is nothing left to set up here.'],
  ['assurance-too-low', 'Nothing was changed yet. Prove your second factor, then do it again.'],
  ['authentication-too-old', 'Nothing was changed yet. Confirm that it is you, then do it again.'],
  ['required', 'Set up a second factor to go on.'],
  ['offered', 'Set up a second factor, or skip it for now.'],
  ['second-step', 'One more step: prove your second factor to sign in.'],
  ['mfa-required', 'This account needs a second factor, so a password alone does not work here.'],
  [
    'not-found',
    'The address may be mistyped, or what was here is gone. Check it, or start from the front page.',
  ],
  [
    'not-an-administrator',
    'These pages are for administrators, and you are not one here. Ask whoever runs this site.',
  ],
  ['unknown-filter', 'There is no such filter. Go back and choose one above the list.'],
  ['unknown-event', 'There is no event of that name. Go back and choose one from the list.'],
  ['unknown-severity', 'There is no severity of that name. Go back and choose one from the list.'],
  ['unknown-date', 'That isn’t a date. Write it like 2026-11-22.'],
  ['page-size', 'A page has 1 to 200 rows. Ask for a number between these.'],
  ['malformed', 'A value is missing or of the wrong kind. Check what was sent and try again.'],
  ['malformed-date', 'That is not a date. Choose one, such as 2026-12-15.'],
  ['reason-missing', 'A reason is needed. Write one, so that others understand it later.'],
  ['end-not-in-future', 'That day has begun already. Choose a later one.'],
  ['end-too-far', 'That is too far away. Choose an end within ten years.'],
  [
    'protected-elsewhere',
    'Nothing was changed. This member also belongs to another organization with multi-factor authentication on, and the same methods protect it. Ask the people who run this site to do it.',
  ],
  ['not-yourself', 'Nobody can do this for themselves. Ask another administrator.'],
  ['kind-not-allowed', 'That type cannot be assigned. Allow it in the policy first, or choose another one.'],
  ['password-needed', 'Type your password once more to switch it off.'],
  ['not-confirmed', 'Nothing was switched off yet. Confirm it to go on.'],
  [
    'policy-changed-meanwhile',
    'Somebody else changed the policy meanwhile, so nothing was saved. Look at theirs, then try again.',
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
    'This site can’t keep you signed in at the moment, so nothing was done. The fault is on our side: tell whoever runs this site.',
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
  ['body-unreadable', 'What was sent cannot be read. Go back and try again.'],
  ['store-unavailable', 'The fault is on our side. Try again in a minute.'],
]);

export function sentenceFor(because: string, kind?: FactorKind): string {
  const ofKind = kind === undefined ? undefined : wordsOf(kind).refusals[because];
  return ofKind ?? SENTENCES.get(because) ?? 'This does not work at the moment. Try again in a minute.';
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['password', 'password'],
  ['federated', 'identity provider'],
  ['host', 'the site’s own sign-in'],
  ['remembered-browser', 'remembered browser'],
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
