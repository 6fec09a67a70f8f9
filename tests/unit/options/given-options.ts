import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../../src/core/errors';
import type { MfaOptions } from '../../../src/options/options';
import { resolveOptions } from '../../../src/options/resolve-options';
import { memoryRecords, memoryState } from '../../../src/stores/memory/memory-stores';

export interface Person {
  readonly id: string | number;
}

export const key = randomBytes(32).toString('base64');
export const sender = { send: () => Promise.resolve() };
export const smsSender = { send: () => Promise.resolve({ messageId: '1' }) };

export const required: MfaOptions<Person> = {
  issuer: 'Acme Portal',
  baseUrl: 'https://portal.acme.example',
  keys: [key],
  records: memoryRecords(),
  state: memoryState(),
  users: { findById: () => null },
};

/** Hosts written in JavaScript pass anything. */
export const resolve = (changes: Readonly<Record<string, unknown>> = {}) =>
  resolveOptions<Person>({ ...required, ...changes });

export function refusal(changes: Readonly<Record<string, unknown>>): ConfigurationError {
  try {
    resolve(changes);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('The options were accepted.');
}
