import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { REQUEST_ID, openBrowser, type AttackedSite } from './browser';
import { openTarget, type AttackOptions } from './open-target';
import type { AttackTarget, Finding, Probe } from './probe';
import { ANSWER_PROBES } from './probes/answers';
import { CODE_PROBES } from './probes/codes';
import { REACH_PROBES } from './probes/reach';
import { REQUEST_PROBES, SESSION_PROBES } from './probes/requests';
import { createReport, type AttackReport, type ProbeResult } from './report';

/** All probes, in the order in which they run. */
export const PROBES: readonly Probe[] = [
  ...REACH_PROBES,
  ...CODE_PROBES,
  ...SESSION_PROBES,
  ...REQUEST_PROBES,
  ...ANSWER_PROBES,
];

/**
 * Attacks an app in its own tests, and reports which attacks got through. It starts the app on a free port of the loopback
 * interface, reads its routes, and tries the probes in every state from anonymous to signed in.
 *
 * @throws Error if the person cannot sign in, or no guarded page is found.
 * @example
 * const report = await attack(app, { mfa, person: { id: '1', username: 'ada', password: 'secret' }, outbox, clock });
 * expect(report.findings).toEqual([]);
 */
export async function attack(app: RequestListener, options: AttackOptions): Promise<AttackReport> {
  const { probes = [], only, skip = [] } = options;
  const { pagesPath = '/mfa', csrfField = '_csrf', headers = {} } = options;
  const all = [...PROBES, ...probes];
  const unknown = (only ?? []).find((wanted) => !all.some(({ name }) => name === wanted));
  if (unknown !== undefined)
    throw new Error(`attack: there is no probe \`${unknown}\`, which \`only\` names.`);
  const server = await serve(app);
  const agent = new Agent({ keepAlive: true });
  const site: AttackedSite = { ...server, agent, pagesPath, csrfField, headers };
  try {
    const { target, restore } = await openTarget(app, options, (...change) => openBrowser(site, ...change));
    const results: ProbeResult[] = [];
    try {
      const wanted = only === undefined ? all : all.filter(({ name }) => only.includes(name));
      for (const probe of wanted) results.push(await runProbe(probe, target, skip));
    } finally {
      await restore();
    }
    return createReport(results);
  } finally {
    agent.destroy();
    await server.close();
  }
}

async function runProbe(probe: Probe, target: AttackTarget, skip: readonly string[]): Promise<ProbeResult> {
  const { name, asvs, sentence } = probe;
  const described = { name, asvs, sentence };
  if (skip.includes(name)) return { ...described, outcome: 'skipped', findings: [], seconds: 0 };
  const startedAt = performance.now();
  const isSkipped = ({ request }: Finding) =>
    skip.some((entry) => `${name} ${request}` === entry || `${name} ${request} `.startsWith(`${entry} `));
  const found = await probe.run(target);
  const findings = found
    .filter((finding) => !isSkipped(finding))
    .map((finding) => ({ probe: name, asvs, ...finding }));
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...described, outcome: findings.length === 0 ? 'passed' : 'failed', findings, seconds };
}

async function serve(
  app: RequestListener,
): Promise<Pick<AttackedSite, 'port' | 'nextId' | 'takeUser'> & { close(): Promise<void> }> {
  const requests = new Map<string, IncomingMessage>();
  let count = 0;
  const server = createServer((req, res) => {
    const id = req.headers[REQUEST_ID];
    if (typeof id === 'string') requests.set(id, req);
    app(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    nextId() {
      count += 1;
      return String(count);
    },
    takeUser(id) {
      const req = requests.get(id);
      requests.delete(id);
      return req === undefined ? undefined : Reflect.get(req, 'user');
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
