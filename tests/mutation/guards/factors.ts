import { type Guard } from './guard';

export const FACTORS: readonly Guard[] = [
  {
    name: 'a sent code is over at its end',
    file: 'src/factors/delivered-code-factor.ts',
    from: 'if (now >= challenge.expiresAt)',
    to: 'if (false)',
    tests: ['tests/unit/factors/delivered-code-factor.test.ts'],
  },
  {
    name: 'a code of a factor that was removed is nothing',
    file: 'src/factors/delivered-code-factor.ts',
    from: '        isStillThere(attempt) &&\n',
    to: '',
    tests: ['tests/unit/factors/delivered-code-factor.test.ts'],
  },
  {
    name: 'a time step is accepted once',
    file: 'src/factors/totp-factor.ts',
    from: 'if (!accepted || !consumed) return false;',
    to: 'if (!consumed) return false;',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a challenge of an app is used up',
    file: 'src/factors/totp-factor.ts',
    from: 'if (!accepted || !consumed) return false;',
    to: 'if (!accepted) return false;',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a challenge of a recovery code is used up',
    file: 'src/factors/recovery-code-factor.ts',
    from: 'if (!(await state.consumeChallenge(challenge, challenge.id))) return false;',
    to: '',
    tests: ['tests/unit/factors/recovery-code-factor.test.ts'],
  },
  {
    name: 'a challenge of an app is over at its end',
    file: 'src/factors/totp-factor.ts',
    from: "      if (now >= challenge.expiresAt) return { outcome: 'rejected', because: 'code-expired' };\n",
    to: '',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a secret that cannot be opened proves nothing',
    file: 'src/factors/totp-factor.ts',
    from: "if (opened.outcome === 'unreadable') return { outcome: 'rejected', because: 'secret-unreadable' };",
    to: '',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a challenge of a recovery code is over at its end',
    file: 'src/factors/recovery-code-factor.ts',
    from: "      if (now >= challenge.expiresAt) return { outcome: 'rejected', because: 'code-expired' };\n",
    to: '',
    tests: ['tests/unit/factors/recovery-code-factor.test.ts'],
  },
  {
    name: 'a recovery code is compared',
    file: 'src/factors/recovery-code-factor.ts',
    from: 'code === undefined || !(await verifyRecoveryCode(parsed.code, code.codeHash))',
    to: 'code === undefined',
    tests: ['tests/unit/factors/recovery-code-factor.test.ts'],
  },
];
