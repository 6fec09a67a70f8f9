import { usernameKey } from '../../../src/core/address/network-address';

describe('what stands for a username', () => {
  it.each([
    ['ada', 'ADA'],
    ['ada', ' ada\t'],
    ['ada', 'ａｄａ'],
    ['ada', '𝐚𝒅𝓪'],
    ['ada', 'a\u00add\u200ba'],
    ['ada', '\u0000ada\u0007'],
    ['ada', 'àdã'],
    ['ada', 'a\u0301da'],
    ['ada', `${'\u200d'.repeat(5000)}ada`],
    ['ada', `${'\u0301'.repeat(5000)}ada`],
    ['ada', `${' '.repeat(5000)}ada`],
    ['ada', `${'\u200b '.repeat(5000)}ada`],
    ['a'.repeat(320), '𝐚'.repeat(320)],
    ['straße', 'STRASSE'],
    ['straße', 'STRAẞE'],
    ['σοφός', 'ΣΟΦΌΣ'],
    ['kelvin', '\u212aelvin'],
    ['fifi', 'ﬁﬁ'],
  ])('is one for %j and %j', (name, other) => {
    expect(usernameKey(other)).toBe(usernameKey(name));
  });

  it.each([
    ['ada', 'adа'],
    ['ada', 'ad a'],
    ['ada', ''],
    ['ada@acme.example', 'ada@globex.example'],
    ['ada', 'ada.'],
  ])('differs for %j and %j', (name, other) => {
    expect(usernameKey(other)).not.toBe(usernameKey(name));
  });

  it('goes by the first 320 characters', () => {
    const long = 'x'.repeat(319);
    expect(usernameKey(`${long}ya`)).toBe(usernameKey(`${long}yb`));
    expect(usernameKey(`${long}a`)).not.toBe(usernameKey(`${long}b`));
  });

  it('says nothing of the name, and is as long for every one', () => {
    const keys = ['', 'ada', 'x'.repeat(10_000), '\ud800'].map(usernameKey);
    expect(new Set(keys.map(({ length }) => length))).toEqual(new Set([22]));
    expect(new Set(keys).size).toBe(4);
  });
});
