import { guardMutantsOf } from '../mutation/guard-mutants';
import { withProbes } from '../mutation/coverage';

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
        { __reached: (probe: string) => void reached.push(probe) },
        () => undefined,
      ) as unknown;
    expect(run(withProbes('src/f.ts', text))).toEqual(run(text));
    expect(reached).toContain('src/f.ts:26-32');
  });
});
