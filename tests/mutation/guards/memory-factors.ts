import { guardsOf, type Guard, type Row } from './guard';

const OF_FILES: Readonly<Record<string, readonly Row[]>> = {
  authenticators: [
    [
      'a replaced authenticator takes its refused step with it',
      '    authenticators.delete(replaces);\n    records.refusedSteps.delete(replaces);\n',
      '    authenticators.delete(replaces);\n',
    ],
    [
      'what replaces the first is asked first',
      'if (records.askedFirst === replaces) records.askedFirst = authenticator.id;\n',
      '',
    ],
    [
      'what is gone is not changed',
      'if (authenticators === undefined || current === undefined) return false;\n    authenticators.set(authenticatorId, { ...current, ...changes });',
      'if (authenticators === undefined) return false;\n    authenticators.set(authenticatorId, { ...(current ?? ({} as Authenticator)), ...changes });',
    ],
    [
      'an authenticator is bound on the epoch it was judged on',
      'if (records?.epoch !== expected.epoch) return false;\n',
      'if (records === undefined) return false;\n',
    ],
    [
      'one of two enrollments is bound',
      'if (records.authenticators.size !== expected.authenticators) return false;\n',
      '',
    ],
    [
      'a secret is re-sealed only if it is still the same',
      'current?.sealedSecret === expected && change',
      'change',
    ],
    ['what is gone is not asked first', ' || !records.authenticators.has(authenticatorId)', ''],
    [
      'one that must stay stays',
      'if (keepOneOf !== undefined && !keepOneOf.some((id) => authenticators.has(id))) return false;\n',
      '',
    ],
    [
      'what is gone is not removed again',
      'if (!authenticators.delete(authenticatorId)) return false;\n',
      'authenticators.delete(authenticatorId);\n',
    ],
    [
      'a removed authenticator takes its refused step with it',
      '      records.refusedSteps.delete(authenticatorId);\n      if (records.askedFirst',
      '      if (records.askedFirst',
    ],
    [
      'what was removed is not asked first',
      'if (records.askedFirst === authenticatorId) records.askedFirst = null;\n',
      '',
    ],
    [
      'recovery codes go with the last authenticator',
      'if (authenticators.size === 0) forgetFactors(records);\n',
      '',
    ],
    ['a reset forgets the refused steps', 'records.refusedSteps.clear();\n', ''],
    ['a reset forgets the guesses at addresses', 'records.onFile.clear();\n', ''],
    ['a reset forgets the browsers', 'records.browsers.clear();\n', ''],
    [
      'a reset forgets codes and guesses',
      'forgetFactors(records);\n      return removed;',
      'return removed;',
    ],
  ],
  guesses: [
    [
      'a lock holds',
      "if (now < counter.lockedUntil) return { outcome: 'locked', lockedUntil: counter.lockedUntil };\n",
      '',
    ],
    ['locks grow', ' * 2 ** counter.locks', ''],
    [
      'a lock ends in a day',
      'Math.min(limits.lockSeconds * 2 ** counter.locks, LONGEST_LOCK_SECONDS)',
      'limits.lockSeconds * 2 ** counter.locks',
    ],
    ['a success ends the count', 'records.guesses.delete(group);\n', ''],
    [
      'an authenticator that is gone is guessed at in vain',
      'if (counted === undefined || counted',
      'if (counted === undefined) return false;\n  if (counted',
    ],
    [
      'a disabled authenticator stays so',
      'if (counted === undefined || counted.disabledAt !== null) return true;\n',
      'if (counted === undefined) return true;\n',
    ],
    [
      'a full count disables though the limit was lowered',
      'if (counted.failures < limits.perAuthenticator) return false;\n',
      'if (counted.failures >= 0) return false;\n',
    ],
    ['a full count of an authenticator disables it', 'disabledAt: disabled ? now : null', 'disabledAt: null'],
    [
      'a full count locks though the limit was lowered',
      'if (counter.failures >= limits.perUser) {\n',
      'if (false) {\n',
    ],
    [
      'a count of guesses locks',
      'if (counter.failures >= limits.perUser) counter = lock(counter, limits, now);\n',
      '',
    ],
    [
      'guesses at an unlock are counted at the authenticator',
      'const own = countOwnGuess(records, authenticatorId, request);',
      'const own = duringLock === undefined ? countOwnGuess(records, authenticatorId, request) : null;',
    ],
    [
      'guesses that are left are the fewest',
      'Math.min(ofGroup, own?.left ?? limits.perUser)',
      'own?.left ?? ofGroup',
    ],
    [
      'no step for an authenticator that is gone',
      'if (records === undefined || authenticator === undefined) return false;\n      if (authenticator.lastAcceptedStep',
      'if (records === undefined) return false;\n      if (authenticator?.lastAcceptedStep',
    ],
    [
      'a time step is above the last one',
      'if (authenticator.lastAcceptedStep !== null && timeStep <= authenticator.lastAcceptedStep) return false;\n',
      '',
    ],
    [
      'a step that is refused is never accepted',
      'if (records.refusedSteps.get(authenticatorId) === timeStep) return false;\n',
      '',
    ],
    ['an accepted step is noted', 'lastAcceptedStep: timeStep', 'lastAcceptedStep: null'],
    [
      'no step is refused for an authenticator that is gone',
      'if (records?.authenticators.has(authenticatorId) === true)\n        records.',
      'records?.',
    ],
  ],
  'recovery-codes': [
    ['a new set of recovery codes ends the old one', '  records.recoveryCodes.clear();\n  for', '  for'],
    ['a recovery code is the one that was found', ' || records.recoveryCodes.get(number) !== codeHash', ''],
    ['a recovery code is used up', 'records.recoveryCodes.delete(number);\n', ''],
    ['a right recovery code ends the count', "records.guesses.delete('recovery-codes');\n", ''],
  ],
  'remembered-browsers': [
    ['the token before is taken once more at most', 'previousTokenHash === null || now', 'now'],
    ['the token before is taken within the grace only', ' || now >= rotatedAt + graceSeconds * 1000', ''],
    ['the token before is the one', 'return tokenHashes.includes(previousTokenHash);', 'return true;'],
    [
      'a browser that is over makes no others leave',
      '.filter(({ expiresAt }) => now < expiresAt);\n\n  return',
      ';\n\n  return',
    ],
    ['there are so many browsers and no more', '.slice(0, MAX_BROWSERS_PER_USER)', ''],
    ['a browser is over at its end', ' || now >= browser.expiresAt', ''],
    ['a token that is none is refused', 'if (!isCurrent && !isGraceful(browser, use)) {', 'if (false) {'],
    ['a replayed token takes the browser with it', 'browsers.delete(id);\n', ''],
    ['a token is taken once', 'tokenHash: nextTokenHash, ', ''],
    ['the token before is given up when it was taken', ': { previousTokenHash: null };', ': {};'],
  ],
  members: [
    ['skips end', "if (limit !== null && used >= limit) return { outcome: 'exhausted' };\n", ''],
    ['a skip is counted', 'change(userId, organizationId, { skipsUsed: used + 1 });\n', ''],
    ['an epoch is established once', 'records.epoch ??= candidate;', 'records.epoch = candidate;'],
    [
      'an epoch is renewed where it is the one that was seen',
      'if (records?.epoch !== expected) return false;\n',
      'if (records === undefined) return false;\n',
    ],
    [
      'the same settings reset no count',
      'if (before?.enabled === enabled && before.assignedKind === assignedKind) return;\n',
      '',
    ],
    ['other settings reset the counts', 'failures: 0, disabledAt: null });', '});'],
  ],
};

/** What the records in memory refuse of factors and guesses. */
export const MEMORY_FACTORS: readonly Guard[] = Object.entries(OF_FILES).flatMap(([file, rows]) =>
  guardsOf('in memory', {
    file: `src/stores/memory/${file}.ts`,
    tests: ['tests/contract/memory-stores.test.ts'],
    rows,
  }),
);
