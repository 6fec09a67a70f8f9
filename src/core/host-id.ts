/**
 * The text of an id as the host has it: a text, a whole number, or an object of a database with a text of its own. Null where two
 * different things could have the same text, such as `[object Object]`: one person would get the other's factors.
 */
export function hostIdText(id: unknown): string | null {
  switch (typeof id) {
    case 'string':
      return id === '' || id.startsWith('[object ') ? null : id;
    case 'number':
      return Number.isSafeInteger(id) ? String(id) : null;
    case 'bigint':
      return String(id);
    case 'object':
      return id === null || Array.isArray(id) ? null : textOfObject(id);
    default:
      return null;
  }
}

/** Without spaces and brackets: a whole user or document has them in its text, an id has none. */
const TEXT_OF_AN_ID = /^[^\s[\](){}]+$/;

function textOfObject(id: object): string | null {
  try {
    const text = String(id);
    return TEXT_OF_AN_ID.test(text) ? text : null;
  } catch {
    return null;
  }
}
