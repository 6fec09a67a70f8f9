import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCEPTED } from '../mutation/accepted';
import { guardMutantsOf } from '../mutation/guard-mutants';
import { coverageOf } from '../mutation/coverage';
import { probeOf, withProbes, withSwitches } from '../mutation/instrument';
import { sampleOf, shardOf } from '../mutation/sampling';

const changesOf = (text: string) =>
  guardMutantsOf(text).map(({ within, from, to }) => `${within}: ${from} → ${to}`);

describe('the guards that the mutation run takes out', () => {
  it('takes out a condition before a return, and each part of it', () => {
    expect(changesOf('function judge(a, b) { if (a || b) return null; return 1; }')).toEqual([
      'judge: a || b → false',
      'judge: a || b → a',
      'judge: a || b → b',
    ]);
  });

  it('makes a condition that leads to an effect true and false', () => {
    expect(changesOf('const end = (open) => { if (open) open.close(); };')).toEqual([
      'end: open → true',
      'end: open → false',
      'end: open.close(); → ;',
    ]);
  });

  it('leaves out a call that is awaited for its effect, but none whose answer is used', () => {
    expect(changesOf('async function save() { await store.write(1); return await store.read(); }')).toEqual([
      'save: await store.write(1); → ;',
    ]);
  });

  it('leaves out filters, limits and defaults', () => {
    expect(changesOf('const take = (list) => Math.min(list.filter(isLive).length, most ?? 3);')).toEqual([
      'take: Math.min(list.filter(isLive).length, most ?? 3) → list.filter(isLive).length',
      'take: Math.min(list.filter(isLive).length, most ?? 3) → most ?? 3',
      'take: list.filter(isLive) → list',
      'take: most ?? 3 → most',
      'take: most ?? 3 → 3',
    ]);
  });

  it('takes out the conditions and commands of a script', () => {
    const script = "const lua = `if spent >= max or gone then return 0 end\nredis.call('DEL', KEYS[1])\n`;";
    expect(changesOf(script)).toEqual([
      ': spent >= max or gone → ',
      ': spent >= max or  → ',
      ':  or gone → ',
      ": redis.call('DEL', KEYS[1]) → ",
    ]);
  });

  it('changes one place at a time and keeps the rest of the text', () => {
    const text =
      'const a = (x) => { if (x) return 1; return 2; };\n// é\nconst b = (y) => { if (y) throw y; };\n';
    const [first, second] = guardMutantsOf(text);
    expect(first?.text).toBe(text.replace('if (x)', 'if (false)'));
    expect(second?.text).toBe(text.replace('if (y)', 'if (false)'));
  });

  it('puts probes in front of each place without changing what the code does', () => {
    const text = 'const f = (a, b) => { if (a && b) g(); return a ? [1, 2].filter(Boolean) : b ?? 3; };';
    const reached: string[] = [];
    const run = (code: string) =>
      // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
      new Function('globalThis', 'g', `${code} return [f(1, 0), f(0, 2), f(0, undefined), f(1, 1)];`)(
        { __noted: (probe: string, value: unknown) => (reached.push(probe), value) },
        () => undefined,
      ) as unknown;
    expect(run(withProbes('src/f.ts', text))).toEqual(run(text));
    expect(new Set(reached).size).toBe(5);
  });
});

describe('a source with all its guard mutants in it', () => {
  const text = `const f = (a, b, log) => {
    if (a && b) log('both');
    const rules = [{ is: a }, { is: b }].filter(({ is }) => is);
    return a ? [rules.length, 2].filter(Boolean) : b ?? 3;
  };`;
  const run = (code: string, nth: number) => {
    const logged: unknown[] = [];
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    const f = new Function('globalThis', `${code} return f;`)({ __mutant: nth }) as (
      ...given: unknown[]
    ) => unknown;
    const log = (said: string) => logged.push(said);
    return [
      [
        [1, 0],
        [0, 2],
        [0, undefined],
        [1, 1],
      ].map(([a, b]) => f(a, b, log)),
      logged,
    ];
  };

  it('runs as without them until one is chosen', () => {
    expect(run(withSwitches(text), -1)).toEqual(run(text, -1));
  });

  it('runs as the mutant that is chosen', () => {
    const mutants = guardMutantsOf(text);
    const switched = mutants.map((_, nth) => run(withSwitches(text), nth));
    expect(mutants.length).toBeGreaterThan(10);
    expect(switched).toEqual(mutants.map((mutant) => run(mutant.text, -1)));
  });
});

describe('the tests that a guard mutant is tried on', () => {
  const text = 'function judge(a) { if (a) return null; save(); return 1; }';
  const [refusal, effect] = guardMutantsOf(text);
  if (refusal === undefined || effect === undefined) throw new Error('This source has two mutants.');
  const seenBy = (test: string, caseMs: number[], whenTrue: number[], whenFalse: number[]) =>
    [
      test,
      {
        setupMs: 10,
        caseMs,
        places: {
          [probeOf('src/judge.ts', refusal)]: [whenTrue, whenFalse],
          [probeOf('src/judge.ts', effect)]: [[], whenFalse],
        },
      },
    ] as const;

  it('are only those in which the condition held', () => {
    const coverage = coverageOf(
      new Map([seenBy('one', [5, 5, 5], [2], [0, 1]), seenBy('other', [5], [], [0])]),
    );
    expect(coverage.testsFor('src/judge.ts', refusal).cases).toEqual({ one: [2] });
    expect(coverage.testsFor('src/judge.ts', effect).cases).toEqual({ one: [0, 1], other: [0] });
  });

  it('are all tests of a file whose setup reached the place', () => {
    const coverage = coverageOf(new Map([seenBy('one', [5, 5, 5], [-1], [])]));
    expect(coverage.testsFor('src/judge.ts', refusal).cases).toEqual({ one: [0, 1, 2] });
  });

  it('begin with the cheapest', () => {
    const seen = [seenBy('slow', [300], [0], []), seenBy('quick', [20], [0], [])];
    expect(coverageOf(new Map(seen)).testsFor('src/judge.ts', refusal).tests).toEqual(['quick', 'slow']);
  });
});

describe('a sample of the guard mutants', () => {
  const all = ['a', 'b', 'c'].flatMap((file, at) =>
    Array.from({ length: 20 * (at + 1) }, (_, line) => ({ file, name: `${file}:${line}` })),
  );
  const countByFile = (some: typeof all) =>
    ['a', 'b', 'c'].map((file) => some.filter((one) => one.file === file).length);

  it('takes the same share from each file', () => {
    expect(countByFile(sampleOf(all, 12, 1))).toEqual([2, 4, 6]);
    expect(new Set(sampleOf(all, 12, 1)).size).toBe(12);
  });

  it('is the same for the same seed and another for another seed', () => {
    expect(sampleOf(all, 12, 1)).toEqual(sampleOf(all.toReversed(), 12, 1));
    expect(sampleOf(all, 12, 1)).not.toEqual(sampleOf(all, 12, 2));
  });

  it('is everything where there is no more', () => {
    expect(sampleOf(all, 500, 1)).toHaveLength(120);
  });

  it('is split into shards that together are everything once', () => {
    const shards = [1, 2, 3, 4, 5, 6, 7].map((nth) => shardOf(all, { nth, of: 7 }));
    expect(shards.flat()).toEqual(all);
    expect(new Set(shards.map((shard) => shard.length))).toEqual(new Set([17, 18]));
  });
});

describe('the changes that no test can tell from the original', () => {
  it('are all of code that exists', () => {
    const root = join(__dirname, '..', '..');
    const sources = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' }).split('\n');
    const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
    const isHeld = ({ file, line = '', within = '', from }: (typeof ACCEPTED)[number]) =>
      sources
        .filter((path) => path.endsWith(`/${file}`))
        .map((path) => inOneLine(readFileSync(join(root, path), 'utf8')))
        .some((text) => [line, within, from].every((part) => text.includes(inOneLine(part))));
    expect(ACCEPTED.filter((accepted) => !isHeld(accepted))).toEqual([]);
  });
});
