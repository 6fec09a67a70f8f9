import { ADMIN } from './admin';
import { ADMIN_FORMS } from './admin-forms';
import { BROWSERS } from './browsers';
import { COUNTERS } from './counters';
import { DAMAGED_ENTRIES } from './damaged-entries';
import { DAMAGED_RECORDS } from './damaged-records';
import { DELIVERY } from './delivery';
import { ENROLLMENT } from './enrollment';
import { FACTORS } from './factors';
import { FLOWS } from './flows';
import type { Guard } from './guard';
import { HTTP } from './http';
import { RECALLED_READS } from './recalled-reads';
import { MEMORY_FACTORS } from './memory-factors';
import { MEMORY_STATE } from './memory-state';
import { POLICY_FORMS } from './policy-forms';
import { SESSIONS } from './sessions';
import { STORES } from './stores';
import { UNLOCK } from './unlock';

export const GUARDS: readonly Guard[] = [
  ...FLOWS,
  ...FACTORS,
  ...ENROLLMENT,
  ...BROWSERS,
  ...UNLOCK,
  ...DELIVERY,
  ...HTTP,
  ...SESSIONS,
  ...ADMIN,
  ...ADMIN_FORMS,
  ...POLICY_FORMS,
  ...STORES,
  ...COUNTERS,
  ...RECALLED_READS,
  ...DAMAGED_RECORDS,
  ...DAMAGED_ENTRIES,
  ...MEMORY_FACTORS,
  ...MEMORY_STATE,
];
