import { parseSync } from '@swc/core';

/** One small change to a source: what stands in a range of it is replaced. */
export interface Mutant {
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** The whole changed source. */
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [name: string]: unknown;
}

interface Change {
  readonly node: Node;
  readonly to: string;
}

const OPERATORS: ReadonlyMap<string, readonly string[]> = new Map([
  ['===', ['!==']],
  ['!==', ['===']],
  ['<', ['<=', '>=']],
  ['<=', ['<', '>']],
  ['>', ['>=', '<=']],
  ['>=', ['>', '<']],
  ['&&', ['||']],
  ['||', ['&&']],
  ['+', ['-']],
  ['-', ['+']],
  ['*', ['/']],
  ['/', ['*']],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['max', 'min'],
  ['min', 'max'],
]);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}

/** Every mutant of one source: conditions fixed and turned, operators swapped, calls and literals changed. */
export function mutantsOf(source: string): Mutant[] {
  // Positions count bytes from one; the semicolon makes the first of them known.
  const bytes = Buffer.from(source);
  const program: unknown = parseSync(`;${source}`, { syntax: 'typescript', target: 'es2023' });
  const textOf = ({ span }: Node) => bytes.subarray(span.start - 2, span.end - 2).toString();
  const changes: Change[] = [];

  function visit(value: unknown): void {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    if (isNode(value)) {
      if (value.type.startsWith('Ts') && !/^Ts(As|NonNull|Satisfies|Const)/.test(value.type)) return;
      if (value.type === 'ImportDeclaration') return;
      changes.push(...changesOf(value, textOf));
    }
    Object.values(value).forEach(visit);
  }
  visit(program);

  const seen = new Set<string>();
  return changes.flatMap(({ node, to }) => {
    const [start, end] = [node.span.start - 2, node.span.end - 2];
    const text = Buffer.concat([bytes.subarray(0, start), Buffer.from(to), bytes.subarray(end)]).toString();
    if (seen.has(text) || text === source) return [];
    seen.add(text);
    const line = bytes.subarray(0, start).toString().split('\n').length;
    return [{ line, from: textOf(node), to, text }];
  });
}

function changesOf(node: Node, textOf: (node: Node) => string): Change[] {
  const { type } = node;
  const part = (name: string): Node => {
    const child = node[name];
    if (!isNode(child)) throw new Error(`${type} has no ${name}.`);
    return child;
  };
  if (type === 'IfStatement' || type === 'ConditionalExpression' || type === 'WhileStatement') {
    const test = part('test');
    const never = { node: test, to: 'false' };
    return type === 'WhileStatement' ? [never] : [{ node: test, to: 'true' }, never];
  }
  if (type === 'BinaryExpression') {
    const [left, right, operator] = [textOf(part('left')), textOf(part('right')), String(node['operator'])];
    const to = (OPERATORS.get(operator) ?? []).map((other) => ({ node, to: `(${left} ${other} ${right})` }));
    return operator === '??'
      ? [
          { node, to: left },
          { node, to: right },
        ]
      : to;
  }
  if (type === 'UnaryExpression' && node['operator'] === '!') return [{ node, to: textOf(part('argument')) }];
  if (type === 'BooleanLiteral') return [{ node, to: node['value'] === true ? 'false' : 'true' }];
  if (type === 'NumericLiteral') return [{ node, to: String(Number(node['value']) + 1) }];
  if (type === 'ArrowFunctionExpression' && isNode(node['body']) && isComparison(node['body']))
    return [
      { node: node['body'], to: 'true' },
      { node: node['body'], to: 'false' },
    ];
  if (type === 'ExpressionStatement') return changesOfStatement(node, part('expression'));
  if (type === 'CallExpression') return changesOfCall(node, part('callee'), textOf);
  return [];
}

function isComparison({ type }: Node): boolean {
  return type === 'BinaryExpression' || type === 'UnaryExpression' || type === 'CallExpression';
}

/** A call whose result nobody takes is left out. */
function changesOfStatement(node: Node, expression: Node): Change[] {
  return expression.type === 'CallExpression' || expression.type === 'AwaitExpression'
    ? [{ node, to: ';' }]
    : [];
}

/** A filter that keeps everything; `some` for `every`. */
function changesOfCall(node: Node, callee: Node, textOf: (node: Node) => string): Change[] {
  const { object, property } = callee;
  if (callee.type !== 'MemberExpression' || !isNode(object) || !isNode(property)) return [];
  const name = textOf(property);
  if (name === 'filter' || name === 'toSorted') return [{ node, to: textOf(object) }];
  const other = METHODS.get(name);
  return other === undefined ? [] : [{ node: property, to: other }];
}
