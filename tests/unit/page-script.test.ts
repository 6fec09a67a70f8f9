import * as fc from 'fast-check';
import { parseSubmittedCode } from '../../src/core/proof/one-time-code';
import { runPageScript } from '../support/page-script';
import { TYPED_CODES } from '../support/typed-codes';

describe('the script of the pages and the server', () => {
  const type = runPageScript();

  it.each(TYPED_CODES)('agree on %s', (_what, typed, code) => {
    expect({ sent: type(typed), read: parseSubmittedCode(typed) }).toEqual({
      sent: code !== null,
      read: code,
    });
  });

  it('agree on whatever else is typed', () => {
    const unit = fc.constantFrom(...'0123456789 -–−٤४۷７+.eO\u00A0\u200B\u200F\0'.split(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 34 }), fc.string({ unit: 'binary' })), (typed) => {
        expect(type(typed)).toBe(parseSubmittedCode(typed) !== null);
      }),
      { numRuns: 5000 },
    );
  });
});
