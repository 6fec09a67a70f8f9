import { createReport, type ProbeResult } from '../../../src/testing/attack/report';

const PASSED: ProbeResult = {
  name: 'csrf',
  asvs: ['3.5.1'],
  sentence: 'A form on another site changes nothing.',
  outcome: 'passed',
  findings: [],
  seconds: 0.5,
};
const FAILED: ProbeResult = {
  name: 'open-redirect',
  asvs: ['3.7.2', '6.3.3'],
  sentence: 'No "link" leads <away>.',
  outcome: 'failed',
  findings: [
    {
      probe: 'open-redirect',
      asvs: ['3.7.2', '6.3.3'],
      request: 'GET /go?a=1&b=2',
      saw: 'answered 302 to \u0000//attacker.example',
    },
  ],
  seconds: 1,
};
const SKIPPED: ProbeResult = { ...PASSED, name: 'cached-page', outcome: 'skipped', seconds: 0 };

describe('the report of an attack', () => {
  it('says in Markdown what got through', () => {
    const { markdown } = createReport([PASSED, FAILED, SKIPPED]);
    expect(markdown).toContain('1 attack got through.');
    expect(markdown).toContain('| `csrf` | A form on another site changes nothing. | 3.5.1 | passed |');
    expect(markdown).toContain('## open-redirect');
    expect(markdown).toContain('- `GET /go?a=1&b=2`: answered 302 to');
    expect(createReport([PASSED]).markdown).toContain('Nothing got through.');
  });

  it('is JUnit XML with a test case for each probe', () => {
    expect(createReport([PASSED, FAILED, SKIPPED]).junit).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites tests="3" failures="1" skipped="1" time="1.500">',
        '<testsuite name="express-mfa attack" tests="3" failures="1" skipped="1" time="1.500">',
        '<testcase classname="ASVS 5.0.0 3.5.1" name="csrf" time="0.500"/>',
        '<testcase classname="ASVS 5.0.0 3.7.2 6.3.3" name="open-redirect" time="1.000">' +
          '<failure message="No &quot;link&quot; leads &lt;away&gt;.">' +
          'GET /go?a=1&amp;b=2: answered 302 to \u{FFFD}//attacker.example</failure></testcase>',
        '<testcase classname="ASVS 5.0.0 3.5.1" name="cached-page" time="0.000"><skipped/></testcase>',
        '</testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    );
  });
});
