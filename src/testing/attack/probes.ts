import type { Probe } from './probe';
import { CODE_PROBES } from './probes/codes';
import { REACH_PROBES } from './probes/reach';
import { SESSION_PROBES } from './probes/sessions';

/** Every probe, in the order in which they run. */
export const PROBES: readonly Probe[] = [...REACH_PROBES, ...CODE_PROBES, ...SESSION_PROBES];
