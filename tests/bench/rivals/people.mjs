import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';

// The people of servers/people.ts once more, for servers that run in a folder of their own.

export const PASSWORD = 'correct horse battery staple';
export const COUNT = Number(process.env.PEOPLE ?? 1000);
export const emailOf = (index) => `user${index}@acme.example`;
export const totpKeyOf = (index) => createHash('sha1').update(`authenticator of ${index}`).digest();
export const cheapHash = (password) => createHash('sha256').update(password).digest('hex');

/** Listens on a free port and tells the bench which, and how long its event loop stood still when asked. */
export function listen(app) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('message', () => {
    process.send({ stallMs: delay.max / 1e6 });
    delay.reset();
  });
  process.once('SIGTERM', () => process.exit(0));
  const server = app.listen(0, '127.0.0.1', (error) => {
    if (error) throw error;
    process.send({ port: server.address().port });
  });
}
