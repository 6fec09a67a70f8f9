import type { Finding } from './probe';

export const ASVS_VERSION = '5.0.0';

/** A finding and its probe. */
export interface AttackFinding extends Finding {
  readonly probe: string;
  /** Requirements of OWASP ASVS 5.0.0. */
  readonly asvs: readonly string[];
}

export interface ProbeResult {
  readonly name: string;
  readonly asvs: readonly string[];
  readonly sentence: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly findings: readonly AttackFinding[];
  readonly seconds: number;
}

export interface AttackReport {
  /** Attacks that got through; empty if there were none. */
  readonly findings: readonly AttackFinding[];
  readonly probes: readonly ProbeResult[];
  readonly markdown: string;
  /** JUnit XML, for continuous integration. */
  readonly junit: string;
}

export function createReport(probes: readonly ProbeResult[]): AttackReport {
  const findings = probes.flatMap((probe) => probe.findings);
  return { findings, probes, markdown: toMarkdown(probes), junit: toJUnit(probes) };
}

function toMarkdown(probes: readonly ProbeResult[]): string {
  const count = probes.flatMap(({ findings }) => findings).length;
  const rows = probes.map(
    ({ name, asvs, sentence, outcome }) => `| \`${name}\` | ${sentence} | ${asvs.join(', ')} | ${outcome} |`,
  );
  const failed = probes.filter(({ findings }) => findings.length > 0);
  const details = failed.map(({ name, sentence, asvs, findings }) =>
    [
      `## ${name}`,
      '',
      `${sentence} (ASVS ${asvs.join(', ')})`,
      '',
      ...findings.map(({ request, saw }) => `- \`${request}\`: ${saw}`),
      '',
    ].join('\n'),
  );
  return [
    '# express-mfa attack',
    '',
    count === 0 ? 'Nothing got through.' : `${count} ${count === 1 ? 'attack' : 'attacks'} got through.`,
    '',
    `| probe | what has to hold | ASVS ${ASVS_VERSION} | result |`,
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...details,
  ].join('\n');
}

function toJUnit(probes: readonly ProbeResult[]): string {
  const failures = probes.filter(({ outcome }) => outcome === 'failed').length;
  const skipped = probes.filter(({ outcome }) => outcome === 'skipped').length;
  const time = probes.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
  const attributes = `tests="${probes.length}" failures="${failures}" skipped="${skipped}" time="${time}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes}>`,
    `<testsuite name="express-mfa attack" ${attributes}>`,
    ...probes.map(toTestCase),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function toTestCase({ name, asvs, sentence, outcome, findings, seconds }: ProbeResult): string {
  const head = `<testcase classname="${escape(`ASVS ${ASVS_VERSION} ${asvs.join(' ')}`)}" name="${escape(name)}" time="${seconds.toFixed(3)}"`;
  if (outcome === 'passed') return `${head}/>`;
  if (outcome === 'skipped') return `${head}><skipped/></testcase>`;
  const lines = findings.map(({ request, saw }) => `${request}: ${saw}`).join('\n');
  return `${head}><failure message="${escape(sentence)}">${escape(lines)}</failure></testcase>`;
}

/** XML 1.0 does not allow most control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
