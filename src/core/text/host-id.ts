/**
 * The text of an id as the host has it: a text, a whole number, or an object of a database with a text of its own. Null where two
 * different things could have the same text, such as `[object Object]`: one person would get the other's factors.
 */
export function hostIdText(id: unknown): string | null {
  // Half a character cannot stand in an address or a key.
  if (typeof id === 'string') return id === '' || id.startsWith('[object ') || /\p{Cs}/u.test(id) ? null : id;
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : null;
  if (typeof id === 'bigint') return String(id);
  if (typeof id !== 'object' || id === null || Array.isArray(id)) return null;
  return textOfObject(id);
}

/** Without spaces and brackets: a whole user or document has them in its text, an id has none. */
const TEXT_OF_AN_ID = /^[^\s[\](){}]+$/;

function textOfObject(id: object): string | null {
  const own: unknown = Reflect.get(id, 'toString');
  if (typeof own !== 'function' || own === Object.prototype.toString) return null;
  try {
    const text: unknown = Reflect.apply(own, id, []);
    return typeof text === 'string' && TEXT_OF_AN_ID.test(text) ? text : null;
  } catch {
    return null;
  }
}

/**
 * The id in characters that mean nothing in a key or a list, one to one. Each UTF-16 unit stands for itself or as four digits,
 * so that no id, not even one that is not well-formed text, can be mistaken for another.
 */
export function encodeId(id: string): string {
  if (!/[^\w.@-]/.test(id)) return id;
  return id.replaceAll(/[^\w.@-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function decodeId(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  return encoded.replaceAll(/%([0-9a-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
