import { guardsOf, type Guard, type Row } from './guard';

interface Form {
  readonly file: string;
  /** Of `tests/integration/admin`. */
  readonly tests: readonly string[];
  readonly rows: readonly Row[];
}

const QUERY: Form = {
  file: 'src/http/admin/admin-query.ts',
  tests: ['queries', 'members'],
  rows: [
    [
      'a text of the query is one',
      "return typeof value === 'string' ? value : '';",
      'return value as string;',
    ],
    ['a size of a page is a number', ' || !/^\\d{1,3}$/.test(given)) return null;', ') return null;'],
    ['a page has a row', 'size >= 1 && size', 'size'],
    ['a page has 200 rows at most', 'size >= 1 && size <= LARGEST_PAGE', 'size >= 1'],
  ],
};

const LISTS: readonly Form[] = [
  {
    file: 'src/http/admin/members.ts',
    tests: ['queries', 'members'],
    rows: [
      [
        'a list of members is one that there is',
        "if (filter === null) {\n    await refusePlainly(page, { because: 'unknown-filter', status: 400, next: `${page.basePath}/members` });\n    return null;\n  }\n  return { filter, query",
        "return { filter: filter ?? 'all', query",
      ],
      [
        'a page of members has its size',
        "if (limit === null) {\n    return refusePlainly(page, { because: 'page-size', status: 400, next: `${page.basePath}/members` });\n  }\n",
        '',
      ],
      ['a search is short', '.slice(0, LONGEST_QUERY)', ''],
    ],
  },
  {
    file: 'src/http/admin/events.ts',
    tests: ['queries'],
    rows: [
      ['events are of a name that there is', 'if (named && name === null) {', 'if (false) {'],
      [
        'a page of events has its size',
        "if (limit === null) return refusePlainly(page, { because: 'page-size', status: 400, next: path });\n",
        '',
      ],
      ['an id that is asked for is short', '.slice(0, LONGEST_ID)', ''],
    ],
  },
  {
    file: 'src/http/admin/csv.ts',
    tests: ['queries', 'payloads'],
    rows: [
      ['a table starts no formula', 'escape_formulas: true', 'escape_formulas: false'],
      ['a field hides no formula behind control characters', ".replaceAll(/\\p{Cc}/gu, ' ')", ''],
      ['a field hides no formula behind spaces', ".replace(/^[\\s\\p{Cf}]+/u, '')", ''],
      ['a field hides no formula behind another separator', `.replaceAll(FORMULA_IN_LIST, "$1'")`, ''],
      ['the name of a file is safe', "organizationId.replaceAll(/[^A-Za-z0-9_-]+/g, '-')", 'organizationId'],
    ],
  },
];

const MEMBER: Form = {
  file: 'src/http/admin/member-acts.ts',
  tests: ['member-forms', 'members'],
  rows: [
    ['settings say on or off', "if (typeof enabled !== 'boolean' || (assignedKind", 'if ((assignedKind'],
    [
      'a kind is one that may be assigned',
      ' || (assignedKind !== null && !isEnrollableKind(assignedKind))',
      '',
    ],
    [
      'a box that the whole form does not send is off',
      "said === null && fieldOf(req.body, 'whole') === 'yes' ? false : said",
      'said',
    ],
    [
      'settings that say nothing are refused',
      "said === null && fieldOf(req.body, 'whole') === 'yes' ? false : said",
      'said ?? false',
    ],
    [
      'what is said of settings is said of members only',
      "    await findMemberOf(page);\n    return refuseAct(page, typeof enabled === 'boolean'",
      "    return refuseAct(page, typeof enabled === 'boolean'",
    ],
    ['an exemption has a date', 'if (until === null) {', 'if (false) {'],
    [
      'what is said of a date is said of members only',
      "    await findMemberOf(page);\n    return refuseAct(page, 'malformed-date');",
      "    return refuseAct(page, 'malformed-date');",
    ],
    [
      'nobody of another organization is acted on',
      "if (outcome === 'not-found') throw new MfaError('not-found', 'There is nothing here.');\n",
      '',
    ],
  ],
};

const OTHERS: readonly Form[] = [
  {
    file: 'src/http/admin/disable.ts',
    tests: ['switching-off'],
    rows: [
      [
        'a version that is none switches nothing off',
        "if (sent === 'malformed') return sendRefusal(res, { because: 'malformed', status: 400 });\n",
        '',
      ],
      [
        'MFA is switched off over the version of the form',
        'sent ?? reach.policy.version',
        'reach.policy.version',
      ],
      [
        'devices are forgotten where the form says so',
        "parseSwitch(req.body, 'forgetDevices') === true",
        'true',
      ],
      [
        'a confirmation says yes',
        "parseSwitch(req.body, 'confirm') === true",
        "parseSwitch(req.body, 'confirm') !== null",
      ],
    ],
  },
  {
    file: 'src/http/admin/sessions.ts',
    tests: ['switching-off', 'on-redis'],
    rows: [
      [
        'one’s own session is kept where the form says so',
        "parseSwitch(req.body, 'keepMine') === true",
        'true',
      ],
      ['the new epoch is that of one organization', 'entry[0] === organization.id ? ([', 'true ? (['],
    ],
  },
  {
    file: 'src/http/admin/organizations.ts',
    tests: ['cross-organization', 'members'],
    rows: [
      [
        'an organization without the feature has no pages',
        'judged.filter(({ available }) => available)',
        'judged',
      ],
      ['the host says what has the feature', 'featureAvailable !== false && (', '('],
    ],
  },
  {
    file: 'src/http/return-to.ts',
    tests: ['policy-form', 'members'],
    rows: [
      ['a field is the body’s own', ' || !Object.hasOwn(body, name)', ''],
      ['a text is one', "return typeof value === 'string' ? value : '';", 'return value as string;'],
    ],
  },
];

/** What is read of administrators’ other forms and of addresses. */
export const ADMIN_FORMS: readonly Guard[] = [QUERY, ...LISTS, MEMBER, ...OTHERS].flatMap(
  ({ file, tests, rows }) =>
    guardsOf('administrators’ forms', {
      file,
      tests: tests.map((test) => `tests/integration/admin/${test}.test.ts`),
      rows,
    }),
);
