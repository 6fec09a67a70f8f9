import {
  changeSource,
  isNode,
  textOf,
  type Change,
  type Mutant,
  type Node,
  type Rule,
  type Source,
} from './source';

/** Calls that change nothing a test could miss. */
const WITHOUT_EFFECT = /^(?:await )?(?:console|clearTimeout|clearInterval|resolve|reject|next)\b|\.unref\(/;

/** Calls that keep what they are given within bounds or without what may not be there. */
const NARROWING = new Set(['filter', 'slice', 'replace', 'replaceAll']);

/**
 * Every guard of one source taken out once: each condition made true and false, each part of it left out, each default and
 * limit left out, each call made for its effect left out, and each condition and command of a Lua script or SQL statement.
 */
export function guardMutantsOf(text: string): Mutant[] {
  let wayOut: { readonly start: number; readonly end: number } = { start: 0, end: 0 };
  return changeSource(text, (node, source) => {
    // Conditions are visited right after the statement they belong to.
    if (node.type === 'IfStatement' && isNode(node['test']) && leaves(node['consequent']))
      wayOut = node['test'].span;
    const isInWayOut = node.span.start >= wayOut.start && node.span.end <= wayOut.end;
    const changes = changesOf(node, source);
    return isInWayOut ? changes.map((change) => ({ ...change, rule: 'refusal' })) : changes;
  });
}

function changesOf(node: Node, source: Source): Change[] {
  switch (node.type) {
    case 'IfStatement':
      return changesOfIf(node);
    case 'ConditionalExpression':
      return fixed(node['test'], ['true', 'false'], 'condition');
    case 'BinaryExpression':
      return withoutEachSide(node, source);
    case 'ExpressionStatement':
      return changesOfStatement(node, source);
    case 'CallExpression':
      return changesOfCall(node, source);
    case 'ArrayExpression':
      return withoutEachRule(node);
    case 'TemplateLiteral':
      return changesOfScript(node, source);
    default:
      return [];
  }
}

function fixed(test: unknown, values: readonly ('true' | 'false')[], rule: Rule): Change[] {
  return isNode(test) ? values.map((to) => ({ node: test, to, rule, noticedWhen: to === 'false' })) : [];
}

/** A condition before a way out is made false only: where it holds always, everything else stops, which any test shows. */
function changesOfIf({ test, consequent }: Node): Change[] {
  return leaves(consequent) ? fixed(test, ['false'], 'refusal') : fixed(test, ['true', 'false'], 'condition');
}

/** Whether the flow does not go on after it. */
function leaves(statement: unknown): boolean {
  if (!isNode(statement)) return false;
  if (statement.type === 'BlockStatement') return leaves((statement['stmts'] as unknown[]).at(-1));
  return /^(?:Return|Throw|Continue|Break)Statement$/.test(statement.type);
}

/** `a || b` as `a` and as `b`, and the same for `&&` and `??`. */
function withoutEachSide(node: Node, source: Source): Change[] {
  const { left, right, operator } = node;
  if (operator !== '||' && operator !== '&&' && operator !== '??') return [];
  if (!isNode(left) || !isNode(right)) return [];
  const changes = [left, right].map((side) => ({ node, to: textOf(side, source) }));
  if (operator === '??') return changes.map((change) => ({ ...change, rule: 'default' }));
  return changes.map((change) => ({ ...change, rule: 'condition', noticedWhen: operator === '||' }));
}

/** A list of rules, such as budgets, without each of them. */
function withoutEachRule({ elements }: Node): Change[] {
  const given = (elements as readonly ({ readonly expression: unknown } | null)[]).flatMap(
    (one) => one?.expression ?? [],
  );
  const rules = given.filter((one): one is Node => isNode(one) && one.type === 'ObjectExpression');
  return rules.length < 2 ? [] : rules.map((node) => ({ node, to: '...[]', rule: 'bound' }));
}

function changesOfStatement(node: Node, source: Source): Change[] {
  const { expression } = node;
  if (!isNode(expression) || !/^(?:Await|Call)Expression$/.test(expression.type)) return [];
  return WITHOUT_EFFECT.test(textOf(expression, source)) ? [] : [{ node, to: ';', rule: 'effect' }];
}

function changesOfCall(node: Node, source: Source): Change[] {
  const { callee } = node;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return [];
  const { object, property } = callee;
  if (!isNode(object) || !isNode(property)) return [];
  const name = textOf(property, source);
  if (textOf(object, source) === 'Math' && (name === 'min' || name === 'max')) {
    const given = node['arguments'] as readonly { readonly expression: unknown }[];
    return given.flatMap(({ expression }) =>
      isNode(expression) ? [{ node, to: textOf(expression, source), rule: 'bound' }] : [],
    );
  }
  return NARROWING.has(name) ? [{ node, to: textOf(object, source), rule: 'bound' }] : [];
}

/** Conditions as Lua and SQL write them, each part that `or` or `and` joins, and commands whose answer is not used. */
function changesOfScript(node: Node, source: Source): Change[] {
  const script = textOf(node, source);
  if (!/redis\.call|\breturn\b.*\bend\b|\bWHERE\b/.test(script)) return [];
  const replace = (from: string, to: string, at: number): Change => ({
    node,
    from,
    rule: 'script',
    to: script.slice(0, at) + to + script.slice(at + from.length),
  });
  const conditions = [...script.matchAll(/\b(?:else)?if (.+?) then\b/g)].flatMap((found) => {
    const [whole, condition = ''] = found;
    const at = found.index + whole.indexOf(condition);
    return [
      replace(condition, 'false', at),
      ...parts(condition).map((part) => replace(part.from, part.to, at + part.at)),
    ];
  });
  const commands = [...script.matchAll(/^ *redis\.call\(.*\)$/gm)].map((found) =>
    replace(found[0], '', found.index),
  );
  const clauses = [...script.matchAll(/\bAND [^\n`]+?(?=\s+AND\b|\s+RETURNING\b|\n|`|\))/g)];
  return [...conditions, ...commands, ...clauses.map((found) => replace(found[0], '', found.index))];
}

/** Each part of a Lua condition, to be left out with the word that joins it. */
function parts(condition: string): { readonly from: string; readonly to: string; readonly at: number }[] {
  if (/\(.*\b(?:and|or)\b.*\)/.test(condition)) return [];
  const joined = [...condition.matchAll(/ (?:and|or) /g)];
  if (joined.length === 0) return [];
  const starts = [0, ...joined.map((join) => join.index + join[0].length)];
  const ends = [...joined.map((join) => join.index), condition.length];
  return starts.map((start, at) => {
    const from = at === 0 ? condition.slice(0, starts[1]) : condition.slice(ends[at - 1], ends[at]);
    return { from, to: '', at: at === 0 ? 0 : (ends[at - 1] ?? start) };
  });
}
