import { FACTORS } from './factors';
import { FLOWS } from './flows';
import type { Guard } from './guard';
import { HTTP } from './http';
import { STORES } from './stores';

export const GUARDS: readonly Guard[] = [...FLOWS, ...FACTORS, ...HTTP, ...STORES];
