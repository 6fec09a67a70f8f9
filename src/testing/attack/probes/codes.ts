import type { Probe } from '../probe';
import { sawOf } from '../crawl';

/** Codes that are accepted although they must not be. */
export const CODE_PROBES: readonly Probe[] = [
  {
    name: 'replayed-code',
    asvs: ['6.5.1'],
    sentence: 'A code is accepted once.',
    async run(target) {
      const first = await target.enter('pending');
      const second = await target.signIn();
      const code = target.code();
      await target.answer(first, { code });
      const answer = await target.answer(second, { code });
      if (!(await target.isInside(second))) return [];
      return [{ request: 'the code of one sign-in in another one', saw: sawOf(answer) }];
    },
  },
];
