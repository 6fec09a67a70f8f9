import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { WrongUse } from './command';

/** The columns of a CSV file, and the keys of JSON. */
export const ROW_FIELDS = [
  'userId',
  'secret',
  'encoding',
  'algorithm',
  'digits',
  'periodSeconds',
  'label',
  'ref',
] as const;

export type RowFormat = 'csv' | 'jsonl';
export type RowFields = Readonly<Record<string, unknown>>;

/** Reads a file, or stdin for `-`. Messages name lines and never what they hold. */
export async function readRows(path: string, format: RowFormat): Promise<readonly RowFields[]> {
  const content = (await readInput(path)).replace(/^\ufeff/, '');
  return format === 'csv' ? parseCsv(content) : parseJsonLines(content);
}

async function readInput(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    throw new WrongUse(`The file ${path} cannot be read (${String(code)}). Check the path.`);
  }
}

function parseJsonLines(content: string): readonly RowFields[] {
  return content
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseJson(line, index + 1)]));
}

function parseJson(line: string, number: number): RowFields {
  const refusal = new WrongUse(`Line ${number} is not a JSON object, such as {"userId":"7","secret":"…"}.`);
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw refusal;
    return { ...parsed };
  } catch {
    // The message of JSON.parse quotes the line.
    throw refusal;
  }
}

/** With a line of headings (RFC 4180). Empty cells count as left out. */
function parseCsv(content: string): readonly RowFields[] {
  const [headings = [], ...lines] = splitCsv(content);
  const known = headings.every((heading) => ROW_FIELDS.some((name) => name === heading));
  if (!known || !headings.includes('userId') || !headings.includes('secret'))
    throw new WrongUse(
      `The first line of a CSV file must name its columns: userId,secret and any of ${ROW_FIELDS.slice(2).join(', ')}.`,
    );
  return lines.map((cells, index) => {
    if (cells.length !== headings.length)
      throw new WrongUse(`Row ${index + 1} has ${cells.length} cells in place of ${headings.length}.`);
    const named = headings.map((heading, column) => [heading, cells[column]] as const);
    return Object.fromEntries(named.filter(([, cell]) => cell !== ''));
  });
}

/** One cell, in quotes or not, and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function splitCsv(content: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < content.length) {
    const found = CELL.exec(content);
    if (found === null) throw new WrongUse(`A quotation mark is misplaced in row ${rows.length}.`);
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && CELL.lastIndex < content.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
