import type { Accepted } from './trial';

/** Guards whose removal no test can tell, mostly since another refuses the same, and why each stays. */
export const ACCEPTED_GUARDS: readonly Accepted[] = [];
