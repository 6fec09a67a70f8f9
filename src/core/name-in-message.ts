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
