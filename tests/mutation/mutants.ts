import { changeSource, isNode, textOf, type Change, type Mutant, type Node, type Source } from './source';

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

/** Every mutant of one source: conditions fixed and turned, operators swapped, calls and literals changed. */
export function mutantsOf(text: string): Mutant[] {
  return changeSource(text, changesOf);
}

function changesOf(node: Node, source: Source): Change[] {
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
    const [left, right, operator] = [
      textOf(part('left'), source),
      textOf(part('right'), source),
      String(node['operator']),
    ];
    const to = (OPERATORS.get(operator) ?? []).map((other) => ({ node, to: `(${left} ${other} ${right})` }));
    return operator === '??'
      ? [
          { node, to: left },
          { node, to: right },
        ]
      : to;
  }
  if (type === 'UnaryExpression' && node['operator'] === '!')
    return [{ node, to: textOf(part('argument'), source) }];
  if (type === 'BooleanLiteral') return [{ node, to: node['value'] === true ? 'false' : 'true' }];
  if (type === 'NumericLiteral') return [{ node, to: String(Number(node['value']) + 1) }];
  if (type === 'ArrowFunctionExpression' && isNode(node['body']) && isComparison(node['body']))
    return [
      { node: node['body'], to: 'true' },
      { node: node['body'], to: 'false' },
    ];
  if (type === 'ExpressionStatement') return changesOfStatement(node, part('expression'));
  if (type === 'CallExpression') return changesOfCall(node, part('callee'), source);
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
function changesOfCall(node: Node, callee: Node, source: Source): Change[] {
  const { object, property } = callee;
  if (callee.type !== 'MemberExpression' || !isNode(object) || !isNode(property)) return [];
  const name = textOf(property, source);
  if (name === 'filter' || name === 'toSorted') return [{ node, to: textOf(object, source) }];
  const other = METHODS.get(name);
  return other === undefined ? [] : [{ node: property, to: other }];
}
