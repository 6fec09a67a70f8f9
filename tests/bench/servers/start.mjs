import { createRequire } from 'node:module';
import 'express';
import 'express-session';
import 'passport';

// Loads the built package that is named, wires it as a host does, and prints the milliseconds that this took.

const require = createRequire(import.meta.url);
const startedAt = performance.now();
const { createMfa, memoryRecords, memoryState } = require(process.argv[2]);
const mfa = createMfa({
  issuer: 'Acme Portal',
  baseUrl: 'http://localhost',
  keys: ['BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g='],
  records: memoryRecords(),
  state: memoryState(),
  users: { findById: () => undefined },
  email: { send: async () => undefined },
  passkeys: {},
  dangerouslyAcceptVolatileRecords: true,
});
mfa.sessions();
mfa.pages();
mfa.guard();
process.stdout.write(String(performance.now() - startedAt));
process.exit(0);
