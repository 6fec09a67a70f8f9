import { ConfigurationError } from '../core/errors';

// This entry signs people in without their phone, so it must not run in production.
if (process.env['NODE_ENV'] === 'production') {
  throw new ConfigurationError(
    'express-mfa/testing',
    'it is for tests, and NODE_ENV is production. Import it in tests only.',
  );
}
