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
