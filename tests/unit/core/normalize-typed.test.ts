import { normalizeTyped } from '../../../src/core/text/typed-text';

/** Every numbering system that writes numbers with ten digits of its own; `hanidec` uses ideographs, which are no digits. */
const systems = Intl.supportedValuesOf('numberingSystem').filter((system) => system !== 'hanidec');

describe('normalizeTyped', () => {
  it.each(systems)('turns the digits of %s into ASCII', (system) => {
    const format = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false });
    const typed = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => format.format(digit)).join('');
    expect(normalizeTyped(typed)).toBe('0123456789');
  });

  it('drops separators and leaves everything else, letters in their plain form', () => {
    expect(normalizeTyped(' ３－Ｘx\u00A0\u200F–\u2212_+(.)/ ')).toBe('3Xx_+(.)/');
  });
});
