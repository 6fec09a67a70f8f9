import { guardsOf, type Guard, type Row } from './guard';

interface Form {
  readonly file: string;
  /** Of `tests/integration/admin`. */
  readonly tests: readonly string[];
  readonly rows: readonly Row[];
}

const POLICY: Form = {
  file: 'src/http/admin/policy-form.ts',
  tests: ['policy-form', 'policy-pages'],
  rows: [
    ['a switch is on or off', "return OFF.includes(value) ? false : 'malformed';", 'return false;'],
    [
      'a switch that is neither is refused',
      "if (said === 'malformed') return malformed('This is either",
      "if (said === 'malformed') return null;\n  if (whole && !whole) return malformed('This is either",
    ],
    [
      'a box that is not sent is off in the whole form only',
      'return whole ? { value: false } : null;',
      'return { value: false };',
    ],
    [
      'a box that the whole form does not send is off',
      'return whole ? { value: false } : null;',
      'return null;',
    ],
    [
      'enrollment is one of three',
      "if (value === 'assigned' || value === 'optional' || value === 'required') return { value };",
      "if (value !== undefined) return { value: value as 'assigned' };",
    ],
    [
      'each method is one that may be enrolled',
      'return kinds.length === named.length\n',
      'return kinds.length >= 0\n',
    ],
    [
      'a method is listed once',
      "[...new Set(listed.filter((kind) => kind !== ''))]",
      "listed.filter((kind) => kind !== '')",
    ],
    ['an instant is a whole number', 'return Number.isSafeInteger(value) ? value : null;', 'return value;'],
    ['an instant is text', "if (typeof value !== 'string') return null;\n  const iso", 'const iso'],
    ['an instant is ISO 8601', 'if (!iso.test(text)) return null;\n', ''],
    ['a day is one of its month', ' || !isRealDay(text.slice(0, 10))', ''],
    ['an instant is one', 'Number.isNaN(at) || !isRealDay(text', '!isRealDay(text'],
    [
      'an end of grace that is sent back unchanged is not moved',
      'if (current.graceUntil !== null && value === dayField(current.graceUntil))\n    return { value: current.graceUntil };\n',
      '',
    ],
    [
      'an end of grace is a date',
      "if (at === null) return malformed('That is not a date.",
      "if (at === null) return null;\n  if (at === 0.5) return malformed('That is not a date.",
    ],
    ['an end of grace is to come', 'if (at <= now && at !== current.graceUntil) {', 'if (false) {'],
    ['an end of grace that has passed may stay', ' && at !== current.graceUntil) {', ') {'],
    [
      'skips are a number',
      'if (count === null)\n    return malformed',
      'if (count === null) return null;\n  if (count === 0.5)\n    return malformed',
    ],
    ['no skips are none', 'count === 0 ? null : count', 'count'],
    ['a length of time is a number', 'number === null || unit === undefined', 'unit === undefined'],
    ['a length of time has a unit', 'number === null || unit === undefined', 'number === null'],
    [
      'a session ends at some time',
      'return parsed.value === null\n',
      'return (parsed.value as unknown) === 0.5\n',
    ],
    ['a number is finite', 'return Number.isFinite(value) ? value : null;', 'return value;'],
    ['a number is written as one', ' || !/^-?\\d{1,15}(?:[.,]\\d{1,6})?$/.test(value.trim())', ''],
    [
      'a version is a whole number from zero',
      "version !== null && Number.isSafeInteger(version) && version >= 0 ? version : 'malformed'",
      "version ?? 'malformed'",
    ],
    ['a version that is none is refused', "if (version === 'malformed') {", 'if (false) {'],
    [
      'a fault changes nothing of its field',
      "if ('value' in parsed) change[field] = parsed.value;\n    else",
      "change[field] = 'value' in parsed ? parsed.value : null;\n    if (!('value' in parsed))",
    ],
  ],
};

const POLICY_PAGE: Form = {
  file: 'src/http/admin/policy.ts',
  tests: ['policy-pages', 'policy-preview'],
  rows: [
    [
      'a policy with faults is not saved',
      'if (parsed.faults.length > 0) return refusePolicy(page, { current, parsed, faults: parsed.faults });\n  const { change } = parsed;',
      'const { change } = parsed;',
    ],
    [
      'a policy with faults is not previewed',
      'if (parsed.faults.length > 0) return refusePolicy(page, { current, parsed, faults: parsed.faults });\n  const { change, expectedVersion } = parsed;',
      'const { change, expectedVersion } = parsed;',
    ],
    [
      'a policy is saved over the version of its form',
      'parsed.expectedVersion ?? current.version',
      'current.version',
    ],
    [
      'a policy is previewed over the version of its form',
      '...(expectedVersion === null ? {} : { expectedVersion }),\n',
      '',
    ],
  ],
};

/** What is read of the form of a policy. */
export const POLICY_FORMS: readonly Guard[] = [POLICY, POLICY_PAGE].flatMap(({ file, tests, rows }) =>
  guardsOf('administrators’ forms', {
    file,
    tests: tests.map((test) => `tests/integration/admin/${test}.test.ts`),
    rows,
  }),
);
