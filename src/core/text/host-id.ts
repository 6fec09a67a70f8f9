/**
 * The text of a host's id: a string, a whole number, or a database object with its own `toString`. Null if two different values
 * could have the same text, such as `[object Object]`: one person would get the other's factors.
 */
export function hostIdText(id: unknown): string | null {
  // A lone surrogate cannot be encoded in a URL or a key.
  if (typeof id === 'string') return id === '' || id.startsWith('[object ') || /\p{Cs}/u.test(id) ? null : id;
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : null;
  if (typeof id === 'bigint') return String(id);
  if (typeof id !== 'object' || id === null || Array.isArray(id)) return null;
  return textOfObject(id);
}

/** No spaces or brackets: they appear in the text of a whole user or document, but not of an id. */
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

/** One to one: other UTF-16 units become four hex digits, so that even ids with lone surrogates cannot collide. */
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
