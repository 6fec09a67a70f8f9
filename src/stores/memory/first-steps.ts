import type { StateStore } from '../state-store';
import type { Moments } from './moments';

type Verbs = 'noteFirstStep' | 'findFirstSteps';

/** More clicks on one form than anybody makes. */
const MOST_OF_ONE = 8;

export function firstStepsIn(steps: Moments<readonly string[]>): Pick<StateStore, Verbs> {
  return {
    async noteFirstStep(mark, pendingId, lifeSeconds) {
      steps.set(mark, [pendingId, ...(steps.get(mark) ?? [])].slice(0, MOST_OF_ONE), lifeSeconds);
    },
    async findFirstSteps(mark) {
      return steps.get(mark) ?? [];
    },
  };
}
