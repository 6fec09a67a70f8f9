/** A text with half a character in it cannot be encoded for a URI or a header, and is another text once it was stored. */
export function toWellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\uFFFD');
}

/** At most this many UTF-16 units, and no character cut in half. */
export function cutText(text: string, longest: number): string {
  const whole = toWellFormed(text);
  if (whole.length <= longest) return whole;
  const start = whole.slice(0, longest);
  return /\p{Cs}$/u.test(start) ? start.slice(0, -1) : start;
}

/** The same with a sign that something is missing, where what counts is how long the text is once it stands in a URI. */
export function cutForUri(text: string, longest: number): string {
  const whole = toWellFormed(text);
  if (encodeURIComponent(whole).length <= longest) return whole;
  let kept = '';
  let room = longest - encodeURIComponent('…').length;
  for (const character of whole) {
    room -= encodeURIComponent(character).length;
    if (room < 0) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Mail programs make links of these by themselves; the dots are those that international domains may have (UTS 46). */
const DOT = '.\u2024\u3002\uFE52\uFF0E\uFF61';
const LINK = new RegExp(`^(?:https?|ftp|mailto|tel|sms|www|wa)\\b|[/\\\\@:]|[${DOT}].*[\\p{L}\\p{N}]`, 'iu');

/** As many digits as a phone number has. */
const LONG_NUMBER = /\p{Nd}(?:[^\p{L}]*\p{Nd}){6,}/gu;

const LONGEST_LABEL = 30;
const LONGEST_PERSON = 60;

/** One line; what cannot be seen, or turns the direction of what follows, goes. */
function toLine(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim();
}

function cut(text: string, longest: number): string {
  const letters = Array.from(text);
  return letters.length <= longest
    ? text
    : `${letters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}

/**
 * What a person calls a method, for a message about it: an attacker who adds one writes the name, and its owner reads it in a
 * mail of ours. Words that look like a link or an address go, long numbers too, and what is left is short.
 */
export function labelInMessage(label: string): string {
  const words = toLine(label)
    .split(/\s+/)
    .filter((word) => !LINK.test(word));
  const plain = words
    .join(' ')
    .replaceAll(LONG_NUMBER, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Emoji_Presentation} '’&+()#_-]/gu, '');
  return cut(plain.replaceAll(/ {2,}/g, ' ').trim(), LONGEST_LABEL);
}

/** A person's name, which may be an address: only links go. */
export function personInMessage(name: string): string {
  const words = toLine(name)
    .split(/\s+/)
    .filter((word) => !/^www\b|[/\\]|^[a-z][a-z+.-]*:./i.test(word));
  return cut(words.join(' '), LONGEST_PERSON);
}

/** White space, dashes with the minus sign, and format characters such as direction marks: what keyboards and copying add. */
const SEPARATORS = /[\p{White_Space}\p{Pd}\p{Cf}\u2212]/gu;

const DIGIT = /^\p{Nd}$/u;

/** Unicode keeps the ten digits of a script in one run, zero first (Unicode Standard, section 4.6). */
function toAsciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0;
  let zero = codePoint;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((codePoint - zero) % 10);
}

/**
 * Typed text in one form: compatibility characters such as full-width ones become plain, the digits of every script become
 * ASCII, and separators go. `views/assets/express-mfa.js` reads codes in the same way.
 */
export function normalizeTyped(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(SEPARATORS, '')
    .replaceAll(/\p{Nd}/gu, toAsciiDigit);
}

const LONGEST_REASON = 500;

/** A reason as it is stored: one line of bounded length, or empty. */
export function toReason(text: string): string {
  return cutText(text.replaceAll(/\p{Cc}/gu, ' ').trim(), LONGEST_REASON);
}

const LONGEST = 2048;
const ANYWHERE = 'http://local.invalid';

/**
 * A path on this site, normalized, or null. Browsers read a backslash as a slash and drop tabs and line breaks, and dot
 * segments can leave two slashes in front: each of them would turn a path into an address elsewhere.
 */
export function parseLocalPath(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > LONGEST) return null;
  if (!/^\/(?!\/)[^\\\p{Cc}\p{Z}]*$/u.test(value) || !URL.canParse(value, ANYWHERE)) return null;
  const url = new URL(value, ANYWHERE);
  const path = url.pathname + url.search + url.hash;
  return url.origin === ANYWHERE && !path.startsWith('//') ? path : null;
}
