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
