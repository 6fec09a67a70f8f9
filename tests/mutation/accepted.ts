import { ACCEPTED_GUARDS } from './accepted-guards';
import { ACCEPTED_MUTANTS } from './accepted-mutants';
import { ACCEPTED_SECRET_MUTANTS } from './accepted-secret-mutants';
import type { Accepted } from './trial';

/** Changes that no test can tell from the original. */
export const ACCEPTED: readonly Accepted[] = [
  ...ACCEPTED_MUTANTS,
  ...ACCEPTED_SECRET_MUTANTS,
  ...ACCEPTED_GUARDS,
];
