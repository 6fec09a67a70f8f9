import type { Probe } from './probe';
import { ANSWER_PROBES } from './probes/answers';
import { CODE_PROBES } from './probes/codes';
import { REACH_PROBES } from './probes/reach';
import { REQUEST_PROBES } from './probes/requests';
import { SESSION_PROBES } from './probes/sessions';

/** Every probe, in the order in which they run. */
export const PROBES: readonly Probe[] = [
  ...REACH_PROBES,
  ...CODE_PROBES,
  ...SESSION_PROBES,
  ...REQUEST_PROBES,
  ...ANSWER_PROBES,
];
