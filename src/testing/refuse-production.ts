import { ConfigurationError } from '../core/errors';

// What signs people in in tests, without their phone, has no place where people sign in.
if (process.env['NODE_ENV'] === 'production') {
  throw new ConfigurationError(
    'express-mfa/testing',
    'it is for tests, and NODE_ENV is production. Import it in tests only.',
  );
}
