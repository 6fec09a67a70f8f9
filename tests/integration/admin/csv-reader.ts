/** Reads RFC 4180 back, as a spreadsheet would; the separator depends on the country that it is set to. */
export function parse(text: string, separator: ',' | ';' | '|' = ','): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))([${separator}]|\\r\\n|$)`, 'g');
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(field)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    rows.push(row);
    row = [];
  }
  return rows.filter((fields) => fields.length > 1 || fields[0] !== '');
}
