import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Request, Response } from 'express';
import type { Translator } from '../../messages/translator';

/** CSV (RFC 4180), as fast as the client reads. Formulas are escaped (ASVS 1.2.10). The byte order mark is for Excel. */
export async function sendCsv(
  req: Request,
  res: Response,
  table: {
    readonly fileName: string;
    readonly columns: readonly string[];
    readonly rows: AsyncIterable<readonly string[]>;
  },
): Promise<void> {
  const { fileName, columns, rows } = table;
  res.attachment(fileName).type('text/csv; charset=utf-8');
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  const lines = stringify({
    header: true,
    columns: [...columns],
    bom: true,
    quoted: true,
    quoted_empty: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
  try {
    await pipeline(Readable.from(plainRows(rows)), lines, res);
  } catch (error) {
    // A client that closed the connection is not an error. If it is still connected, cut the connection, so that it does not
    // take part of the table for the whole.
    if (!res.destroyed) res.destroy();
    if (!isClosedEarly(error)) throw error;
  }
}

async function* plainRows(rows: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
  for await (const row of rows) yield row.map(plainText);
}

/**
 * A program that uses another separator splits inside our quotes: `Bob;=1+1` becomes two cells, and the second is a formula
 * (OWASP, CSV Injection). Full-width signs start formulas, too.
 */
const FORMULA_IN_LIST = /([;,|]["'\s\p{Cf}]*)(?=[=+\-@＝＋－＠])/gu;

/** Control characters could end a line. Spaces and format characters could hide the first character of a formula. */
function plainText(field: string): string {
  return field
    .replaceAll(/\p{Cc}/gu, ' ')
    .replace(/^[\s\p{Cf}]+/u, '')
    .trimEnd()
    .replaceAll(FORMULA_IN_LIST, "$1'");
}

function isClosedEarly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

export function csvHeadings(translator: Translator, columns: readonly string[]): readonly string[] {
  return columns.map((column) => {
    const key = `admin.csv.${column.replaceAll(' ', '-')}`;
    return translator.has(key) ? translator.t(key) : column;
  });
}

/** A file name that is safe in a header and on a disk. */
export function csvFileName(what: string, organizationId: string): string {
  const safe = organizationId.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `${what}-${safe}.csv`;
}
