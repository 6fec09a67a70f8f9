import { RecentMap } from '../../../src/core/text/recent-map';

describe('RecentMap', () => {
  it('keeps what was set or found last, and drops the rest', () => {
    const map = new RecentMap<string, number>(4);
    for (const [value, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, value);
    expect(map.get('a')).toBe(0);
    expect([map.get('c'), map.get('d')]).toEqual([2, 3]);
    expect(map.get('b')).toBeUndefined();
  });

  it('gives the newest value, and none that was deleted, from wherever it stands', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect(map.get('a')).toBe(3);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    map.delete('b');
    expect(map.get('b')).toBeUndefined();
  });

  it('makes no room for what it has already', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 1);
    for (let value = 0; value < 5; value += 1) map.set('b', value);
    expect(map.get('a')).toBe(1);
  });

  it('keeps half of an odd number, rounded up', () => {
    const map = new RecentMap<string, number>(3);
    for (const [value, key] of ['a', 'b', 'c', 'd', 'e'].entries()) map.set(key, value);
    expect([map.get('b'), map.get('c'), map.get('d'), map.get('e')]).toEqual([undefined, 2, 3, 4]);
  });

  it('makes no room for what it does not have', () => {
    const map = new RecentMap<string, number>(4);
    for (const [value, key] of ['a', 'b', 'c'].entries()) map.set(key, value);
    for (const key of ['x', 'y', 'z']) expect(map.get(key)).toBeUndefined();
    expect([map.get('a'), map.get('b')]).toEqual([0, 1]);
  });
});
