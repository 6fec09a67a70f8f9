/** An instant in few characters: base 36, eight of them until the year 2059. */
export function writeInstant(at: number): string {
  return at.toString(36);
}

/** Null where it is none. */
export function readInstant(text: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return null;
  const at = Number.parseInt(text, 36);
  return Number.isSafeInteger(at) ? at : null;
}
