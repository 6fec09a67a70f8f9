import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** The Markdown files of the documentation, as paths from the root. */
export function listDocs(): readonly string[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs].toSorted();
}

export function readDoc(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The text from a heading to the next heading of the same or a higher level. Throws if there is no such heading. */
export function sectionOf(path: string, heading: string): string {
  const lines = readDoc(path).split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${path} has no section "${heading}".`);
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  let inCode = false;
  const end = lines.findIndex((line, index) => {
    if (index <= start) return false;
    if (line.startsWith('```')) inCode = !inCode;
    const marks = /^(#+) /.exec(line)?.[1];
    return !inCode && marks !== undefined && marks.length <= level;
  });
  return lines.slice(start, end < 0 ? undefined : end).join('\n');
}

/** The code blocks of a section in one language, in order. Throws if there are none. */
export function codeIn(path: string, heading: string, language = 'js'): readonly string[] {
  const blocks = [...sectionOf(path, heading).matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code ?? '');
  if (blocks.length === 0) throw new Error(`${path} has no ${language} code under "${heading}".`);
  return blocks;
}

/** The first cell of each row of the tables in a text, if it is code. */
export function firstColumn(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)`\s*\|/gm)].map(([, name]) => name ?? '');
}

/** Runs documented code as the body of an async function, with these names in scope. */
export function runCode(code: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
  const body = `return (async () => { ${code} })();`;
  // oxlint-disable-next-line typescript/no-implied-eval
  return new Function(...Object.keys(scope), body)(...Object.values(scope)) as Promise<unknown>;
}
