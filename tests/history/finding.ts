import type { Call } from './history';

export type RuleName =
  | 'proof-once'
  | 'ended-session'
  | 'guess-limit'
  | 'factor-lost'
  | 'factor-back'
  | 'half-enrolled'
  | 'old-policy'
  | 'skip-limit'
  | 'internal-error';

/** Calls whose answers contradict a rule. */
export interface Finding {
  readonly rule: RuleName;
  readonly says: string;
  /** In the order of what they show: the answer that was relied on first. */
  readonly calls: readonly Call[];
}

export type Rule = (calls: readonly Call[]) => readonly Finding[];

/** `Map.groupBy`, which Node 20 does not have. */
export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export function callsByPerson(calls: readonly Call[]): ReadonlyMap<string, readonly Call[]> {
  return groupBy(calls, ({ person }) => person);
}
