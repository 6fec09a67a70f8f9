import { threats, type Guard } from './guard';

export const UNLOCK: readonly Guard[] = [
  {
    name: 'the guesses of a link are few',
    file: 'src/flows/unlock.ts',
    from: 'export const UNLOCK_ATTEMPTS = 3;',
    to: 'export const UNLOCK_ATTEMPTS = 300;',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'answers that unlock are refused before they are judged',
    file: 'src/flows/unlock.ts',
    from: 'if (refused !== null) return reject(refused);',
    to: "if (refused !== null && attempt.outcome !== 'spent') return reject(refused);",
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a proof that unlocks is used up',
    file: 'src/flows/unlock.ts',
    from: 'if (!(await factor.accept(trial, verification.proof)))',
    to: 'if (false)',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link that unlocked is over',
    file: 'src/flows/unlock.ts',
    from: '  await Promise.all([\n    context.state.endUnlockLink(link.tokenHash),\n',
    to: '  await Promise.all([\n',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link without guesses left is over',
    file: 'src/flows/unlock.ts',
    from: "    await context.state.endUnlockLink(link.tokenHash);\n    return { outcome: 'used-up' };",
    to: "    return { outcome: 'used-up' };",
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a recovery code unlocks nothing',
    file: 'src/flows/unlock.ts',
    from: 'return options.filter(({ authenticatorId }) => authenticatorId !== RECOVERY_CODES_ID);',
    to: 'return options;',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link is over with the lock',
    file: 'src/flows/unlock-link.ts',
    from: 'link === undefined || context.clock.now() >= link.expiresAt',
    to: 'link === undefined',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link is for its owner',
    file: 'src/http/pages/unlock-challenge.ts',
    from: 'if (link === undefined || link.userId !== visitor.account.id) {',
    to: 'if (link === undefined) {',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link is not followed in the session of another',
    file: 'src/http/pages/unlock.ts',
    from: "if (visitor.kind === 'known' && visitor.account.id !== link.userId)",
    to: 'if (false)',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
  {
    name: 'a link is nothing in a session that is over',
    file: 'src/http/pages/unlock-challenge.ts',
    from: "if (session?.standing !== 'live') {",
    to: 'if (false) {',
    tests: [...threats('unlock-abuse'), 'tests/integration/unlock/self-unlock.test.ts'],
  },
];
