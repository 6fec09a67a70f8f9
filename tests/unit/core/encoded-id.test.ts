import { decodeId, encodeId } from '../../../src/core/text/host-id';

const IDS = [
  'a b',
  'a:b',
  'a,b',
  'a|b',
  '"',
  '{}',
  '%',
  '%0041',
  'ä',
  '\u{1F511}',
  '\uD800',
  '\n',
  '__proto__',
  '',
];

describe('an id in a key or a list', () => {
  it.each(['acme', 'u-1_2.3@acme.example', '42'])('stays as it is where it means nothing there: %s', (id) => {
    expect(encodeId(id)).toBe(id);
    expect(decodeId(id)).toBe(id);
  });

  it.each(IDS)('is made of harmless characters, and comes back: %j', (id) => {
    expect(encodeId(id)).toMatch(/^[\w.@%-]*$/);
    expect(decodeId(encodeId(id))).toBe(id);
  });

  it('is mistaken for no other', () => {
    expect(new Set(IDS.map(encodeId)).size).toBe(IDS.length);
    expect(encodeId('A')).not.toBe(encodeId('%0041'));
  });
});
