/** A text with half a character in it cannot be encoded for a URI or a header, and is another text once it was stored. */
export function toWellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\uFFFD');
}

/** At most this many UTF-16 units, and no character cut in half. */
export function cutText(text: string, longest: number): string {
  const whole = toWellFormed(text);
  if (whole.length <= longest) return whole;
  const cut = whole.slice(0, longest);
  return /\p{Cs}$/u.test(cut) ? cut.slice(0, -1) : cut;
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
