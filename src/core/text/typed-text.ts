/** Replaces lone surrogates: they cannot be encoded for a URI or a header, and a store would change them. */
export function toWellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\uFFFD');
}

/** Cuts to this many UTF-16 units, without splitting a character. */
export function cutText(text: string, longest: number): string {
  const whole = toWellFormed(text);
  if (whole.length <= longest) return whole;
  const start = whole.slice(0, longest);
  return /\p{Cs}$/u.test(start) ? start.slice(0, -1) : start;
}

/** Cuts to a length measured after URI encoding, and adds an ellipsis. */
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

/** Mail programs turn these into links. The dots are those allowed in international domains (UTS 46). */
const DOT = '.\u2024\u3002\uFE52\uFF0E\uFF61';
const LINK = new RegExp(`^(?:https?|ftp|mailto|tel|sms|www|wa)\\b|[/\\\\@:]|[${DOT}].*[\\p{L}\\p{N}]`, 'iu');

/** Seven digits or more: it could be a phone number. */
const LONG_NUMBER = /\p{Nd}(?:[^\p{L}]*\p{Nd}){6,}/gu;

const LONGEST_LABEL = 30;
const LONGEST_PERSON = 60;

/** Makes one line, without invisible characters and characters that change the text direction. */
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
 * The label of a method, for a message about it. An attacker who adds a method chooses its label, and the owner reads it in our
 * email. So words that look like a link or an address and long numbers are removed, and the rest is short.
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

/** A person's name, which may be an address. Only removes links. */
export function personInMessage(name: string): string {
  const words = toLine(name)
    .split(/\s+/)
    .filter((word) => !/^www\b|[/\\]|^[a-z][a-z+.-]*:./i.test(word));
  return cut(words.join(' '), LONGEST_PERSON);
}

/** What keyboards and copying add: white space, dashes, the minus sign, and format characters such as direction marks. */
const SEPARATORS = /[\p{White_Space}\p{Pd}\p{Cf}\u2212]/gu;

const DIGIT = /^\p{Nd}$/u;

/** In Unicode, the ten digits of a script are consecutive, starting with zero (Unicode Standard, section 4.6). */
function toAsciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0;
  let zero = codePoint;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((codePoint - zero) % 10);
}

/** Compatibility characters become plain, and digits ASCII. `views/assets/express-mfa.js` reads codes in the same way. */
export function normalizeTyped(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(SEPARATORS, '')
    .replaceAll(/\p{Nd}/gu, toAsciiDigit);
}

const LONGEST_REASON = 500;

/** The stored form of a reason: one line of limited length, or empty. */
export function toReason(text: string): string {
  return cutText(text.replaceAll(/\p{Cc}/gu, ' ').trim(), LONGEST_REASON);
}

const LONGEST = 2048;
const ANYWHERE = 'http://local.invalid';

/**
 * A normalized path on this site, or null. Browsers read a backslash as a slash and drop tabs and line breaks, and dot segments
 * can leave two leading slashes. Each of these would turn a path into a URL of another site.
 */
export function parseLocalPath(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > LONGEST) return null;
  if (!/^\/(?!\/)[^\\\p{Cc}\p{Z}]*$/u.test(value) || !URL.canParse(value, ANYWHERE)) return null;
  const url = new URL(value, ANYWHERE);
  const path = url.pathname + url.search + url.hash;
  return url.origin === ANYWHERE && !path.startsWith('//') ? path : null;
}
