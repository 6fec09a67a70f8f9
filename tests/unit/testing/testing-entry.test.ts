import { totpUri } from '../../../src/core/proof/totp';
import { PlainSecret } from '../../../src/core/proof/secrets';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('express-mfa/testing', () => {
  it('refuses to load where people sign in', () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      jest.isolateModules(() => {
        expect(() => require('../../../src/testing') as unknown).toThrow(/NODE_ENV is production/);
      });
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('computes the codes of RFC 6238 from a secret and from its URI', () => {
    jest.isolateModules(() => {
      const { codeFor } = require('../../../src/testing') as typeof import('../../../src/testing');
      const uri = totpUri({ issuer: 'Acme', account: 'ada', secret: new PlainSecret(SECRET) });
      for (const text of [SECRET, 'gezd gnbv gy3t qojq gezd gnbv gy3t qojq', uri]) {
        expect(codeFor(text, 59_000)).toBe('287082');
        expect(codeFor(text, 1_111_111_109_000)).toBe('081804');
      }
    });
  });
});
