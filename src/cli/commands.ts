import { endSessions, exempt, forget, reset, unlock } from './change-commands';
import type { Command } from './command';
import { importSecrets } from './import-command';
import { check, explain, report, status } from './look-commands';
import { migrate, reseal } from './upkeep-commands';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  check,
  status,
  explain,
  report,
  reset,
  unlock,
  exempt,
  endSessions,
  forget,
  importSecrets,
  reseal,
  migrate,
];
