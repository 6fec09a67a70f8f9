import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Bench } from '../bench';
import { HttpConnection } from '../http-connection';
import { startSystem } from '../race';
import type { Row } from '../report';
import { median, round, spreadOf } from '../statistics';
import { logIn } from '../systems';

const PAGES = [
  { name: 'sign-in', path: '/mfa/login', steps: 0 },
  { name: 'challenge', path: '/mfa/challenge', steps: 1 },
  { name: 'settings', path: '/mfa/settings', steps: 2 },
  { name: 'sessions', path: '/mfa/sessions', steps: 2 },
] as const;
const STARTS = 11;
const root = join(__dirname, '..', '..', '..');

/** Milliseconds from the request to the last byte of a page, one request at a time. */
async function measurePages(bench: Bench): Promise<Row> {
  await bench.seed(PAGES.length);
  const { system, server } = await startSystem(bench, 'express-mfa', { people: PAGES.length });
  const connection = await HttpConnection.open(server.port);
  const measured = [];
  for (const [person, { name, path, steps }] of PAGES.entries()) {
    await logIn(system, connection, person, { steps });
    const taken: number[] = [];
    for (let turn = 0; turn < bench.pace.logins * 2; turn += 1) {
      const startedAt = performance.now();
      const { status, body } = await connection.send({
        method: 'GET',
        path,
        headers: { accept: 'text/html' },
      });
      if (status !== 200 || !body.includes('</html>'))
        throw new Error(`The ${name} page answered ${status}.`);
      taken.push(performance.now() - startedAt);
    }
    // The first half warms the server up.
    measured.push({ name, times: taken.slice(bench.pace.logins) });
  }
  connection.close();
  await server.stop();
  const told = measured.map(({ name, times }) => `${name} ${round(median(times))}`).join(', ');
  bench.note(`pages, ms: ${told}`);
  const [slowest] = measured.toSorted((a, b) => median(b.times) - median(a.times));
  return {
    what: 'page in HTML, from the request to its end',
    measured: spreadOf(slowest?.times ?? []),
    wanted: { atMost: 5 },
    unit: 'ms',
    aside: `the slowest of: ${told}`,
  };
}

/** Loading the built package and wiring it, beside Express and Passport, which are there already. */
function measureStart(): Row {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const parameters = [join(__dirname, '..', 'servers', 'start.mjs'), join(root, 'dist', 'index.js')];
  const taken = Array.from({ length: STARTS }, () => Number(execFileSync(process.execPath, parameters)));
  return {
    what: 'start: loading and wiring the package',
    measured: spreadOf(taken),
    wanted: { atMost: 500 },
    unit: 'ms',
  };
}

export async function measurePagesAndStart(bench: Bench): Promise<readonly Row[]> {
  return [await measurePages(bench), measureStart()];
}
