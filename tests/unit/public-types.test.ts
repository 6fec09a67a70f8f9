import { readFileSync } from 'node:fs';
import { exports as exported } from '../../package.json';
import { dirname, join } from 'node:path';

const SOURCES = join(__dirname, '..', '..', 'src');

interface SourceFile {
  readonly text: string;
  /** Files of ours by the name that is imported from them. */
  readonly imported: ReadonlyMap<string, string>;
  /** Types and classes declared here, with their text. */
  readonly declared: ReadonlyMap<string, string>;
}

const files = new Map<string, SourceFile>();

/** Names and places of `import` or `export … from`, of our own files alone. */
function namesFrom(text: string, keyword: 'import' | 'export', path: string): Map<string, string> {
  const lists = text.matchAll(
    new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\} from '(\\.{1,2}/[^']+)';`, 'gm'),
  );
  return new Map(
    [...lists].flatMap(([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.replace(/^\s*(?:type )?/, '').trim())
        .filter((name) => name !== '')
        .map((name) => [name, join(dirname(path), `${from}.ts`)] as const),
    ),
  );
}

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

function read(path: string): SourceFile {
  const known = files.get(path);
  if (known !== undefined) return known;
  const text = withoutComments(readFileSync(path, 'utf8'));
  const declarations = text.matchAll(
    /^(?:export )?(?:async )?(?:interface|type|class|function|const) (\w+)[\s\S]*?(?=^(?:export |interface |type |class |function |async |const |import )|(?![\s\S]))/gm,
  );
  const file = {
    text,
    imported: namesFrom(text, 'import', path),
    declared: new Map([...declarations].map(([whole, name = '']) => [name, whole])),
  };
  files.set(path, file);
  return file;
}

/** What a host sees of a declaration: the whole of a type, the head of a function, the public part of a class. */
function visiblePart(declaration: string): string {
  if (/^export (?:interface|type) /.test(declaration)) return declaration;
  if (declaration.startsWith('export class ')) {
    return declaration
      .split('\n')
      .filter((line, index) => index === 0 || /^ {2}(?:readonly|static|override readonly) \w+[?:]/.test(line))
      .join('\n');
  }
  return declaration.slice(0, declaration.search(/\{\n|=>/) + 1);
}

/** Types of ours that the declaration speaks of, with the file each stands in. */
function typesIn(declaration: string, path: string): [name: string, path: string][] {
  const { imported, declared } = read(path);
  // What is picked out of or built on a type is spelled out for the reader of the declaration all the same.
  const names = new Set(visiblePart(declaration).match(/\b[A-Z]\w*[a-z]\w*\b/g) ?? []);
  return [...names].flatMap((name): [string, string][] => {
    const from = imported.get(name) ?? (declared.has(name) ? path : undefined);
    return from === undefined ? [] : [[name, from]];
  });
}

const ENTRIES = Object.keys(exported)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => (entry === '.' ? 'index' : entry.replace('./', '')));

function exportsOf(entry: string): Map<string, string> {
  const path = join(SOURCES, `${entry}.ts`);
  return namesFrom(withoutComments(readFileSync(path, 'utf8')), 'export', path);
}

/** A file that hands a name on says where it came from. */
function placeOf(name: string, path: string): string {
  const { declared, text } = read(path);
  if (declared.has(name)) return path;
  const handedOn = namesFrom(text, 'export', path).get(name);
  return handedOn === undefined ? path : placeOf(name, handedOn);
}

/** A type of a package, handed on as it is. */
const isFromPackage = (name: string, path: string) =>
  new RegExp(`^import (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from '[^.]`, 'm').test(read(path).text);

describe('the types that a host can name', () => {
  it('are all that the exported ones speak of', () => {
    const exported = new Map(ENTRIES.flatMap((entry) => [...exportsOf(entry)]));
    expect(exported.size).toBeGreaterThan(50);
    const missing = [...exported].flatMap(([name, path]) => {
      const place = placeOf(name, path);
      const declaration = read(place).declared.get(name);
      if (declaration === undefined) {
        if (isFromPackage(name, place)) return [];
        throw new Error(`${name} was not found in ${place}.`);
      }
      return typesIn(declaration, place)
        .filter(([type]) => !exported.has(type))
        .map(([type]) => `${type}, of which ${name} speaks`);
    });
    expect(missing).toEqual([]);
  });

  it.each(['Mfa', 'RecordStore', 'StateStore', 'MfaOptions', 'MfaStrategy'])(
    'are followed into %s',
    (name) => {
      const path = exportsOf('index').get(name) ?? '';
      const place = placeOf(name, path);
      expect(typesIn(read(place).declared.get(name) ?? '', place).length).toBeGreaterThan(0);
    },
  );
});
