import { createHash } from 'node:crypto';
import { parseSync } from '@swc/core';

/** What kind of code is changed. */
export type Rule = 'refusal' | 'condition' | 'default' | 'effect' | 'bound' | 'script' | 'operator';

/** One small change to a source: what stands in a range of it is replaced. */
export interface Mutant {
  readonly line: number;
  /** The function that it stands in, or what is declared there; empty at the top of a file. */
  readonly within: string;
  readonly from: string;
  readonly to: string;
  /** Where the changed code begins and ends, as positions in the text. */
  readonly start: number;
  readonly end: number;
  /** Names the range by its function and its text, so that a change elsewhere in the file does not rename it. */
  readonly place: string;
  /** The whole changed source. */
  readonly text: string;
  readonly rule: Rule;
  /** What the place must come to for a test to notice the change; undefined: anything. */
  readonly noticedWhen?: boolean;
}

export interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [name: string]: unknown;
}

export interface Change {
  readonly node: Node;
  readonly to: string;
  /** What is shown as changed, where it is only a part of the node. */
  readonly from?: string;
  readonly rule?: Rule;
  readonly noticedWhen?: boolean;
}

/** A parsed source. Its positions count bytes. */
export interface Source {
  readonly bytes: Buffer;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}

// Positions count bytes from one, and a semicolon in front makes the first of them known.
const OFFSET = 2;

export function textOf({ span }: Node, { bytes }: Source): string {
  return bytes.subarray(span.start - OFFSET, span.end - OFFSET).toString();
}

const NAMED = new Set(['FunctionDeclaration', 'ClassMethod', 'PrivateMethod', 'MethodProperty']);

/** The name that a reader would give to a function: its own, or that of the value or property that holds it. */
function nameOf(node: Node, source: Source): string | undefined {
  const { identifier, key, id, init, value } = node;
  if (NAMED.has(node.type)) {
    const name = identifier ?? key;
    return isNode(name) ? textOf(name, source) : undefined;
  }
  if (node.type === 'Constructor') return 'constructor';
  const [holder, held] = node.type === 'VariableDeclarator' ? [id, init] : [key, value];
  if (!isNode(holder) || !isNode(held) || !/^(?:Arrow)?FunctionExpression$/.test(held.type)) return undefined;
  // The type of a constant is part of its pattern.
  return textOf(holder, source).split(':', 1).join();
}

/** Every mutant of one source that `changesOf` names, each different text once. */
export function changeSource(
  text: string,
  changesOf: (node: Node, source: Source) => readonly Change[],
): Mutant[] {
  const bytes = Buffer.from(text);
  const source: Source = { bytes };
  const program: unknown = parseSync(`;${text.replace(/^#!/, '//')}`, {
    syntax: 'typescript',
    target: 'es2023',
  });
  const found: { readonly change: Change; readonly within: string }[] = [];

  function visit(value: unknown, within: string): void {
    if (Array.isArray(value)) return value.forEach((one) => visit(one, within));
    if (typeof value !== 'object' || value === null) return;
    let inside = within;
    if (isNode(value)) {
      if (value.type.startsWith('Ts') && !/^Ts(As|NonNull|Satisfies|Const)/.test(value.type)) return;
      if (value.type === 'ImportDeclaration') return;
      inside = nameOf(value, source) ?? within;
      for (const change of changesOf(value, source)) found.push({ change, within: inside });
    }
    Object.values(value).forEach((one) => visit(one, inside));
  }
  visit(program, '');

  const seen = new Set<string>();
  const placeOf = openPlaces();
  return found.flatMap(({ change, within }) => {
    const { node, to, from, rule = 'operator', noticedWhen } = change;
    const [first, last] = [node.span.start - OFFSET, node.span.end - OFFSET];
    const changed = Buffer.concat([
      bytes.subarray(0, first),
      Buffer.from(to),
      bytes.subarray(last),
    ]).toString();
    if (seen.has(changed) || changed === text) return [];
    seen.add(changed);
    const start = bytes.subarray(0, first).toString().length;
    const end = start + textOf(node, source).length;
    const line = text.slice(0, start).split('\n').length;
    const place = placeOf(within, start, text.slice(start, end));
    const shown = from ?? textOf(node, source);
    const replaced = { from: shown, to: from === undefined ? to : '' };
    return [
      {
        ...{ line, within, ...replaced, start, end, place, text: changed, rule },
        ...(noticedWhen === undefined ? {} : { noticedWhen }),
      },
    ];
  });
}

/** The same text in the same function is told apart by its order. */
function openPlaces(): (within: string, start: number, text: string) => string {
  const starts = new Map<string, number[]>();
  return (within, start, text) => {
    const key = `${within} ${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
    const known = starts.get(key) ?? [];
    if (!known.includes(start)) known.push(start);
    starts.set(key, known);
    return `${key} ${known.indexOf(start)}`;
  };
}
