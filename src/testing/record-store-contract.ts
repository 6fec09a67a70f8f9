import type { RecordStore } from '../stores/record-store';
import { describeDocuments } from './record-contract/documents';
import { describeEvents } from './record-contract/events';
import { describeIndexes } from './record-contract/indexes';
import { describeQueues } from './record-contract/queues';
import type { TestFramework } from './test-framework';

/**
 * Describes the tests that every record store passes. `open` is called in the tests and gives the store under test, which may be
 * the same for all of them. Its queues are emptied.
 *
 * @example
 * recordStoreContract({ describe, it, beforeEach, expect }, () => records);
 */
export function recordStoreContract(framework: TestFramework, open: () => RecordStore): void {
  const { it, expect } = framework;
  describeDocuments(framework, open);
  describeEvents(framework, open);
  describeIndexes(framework, open);
  describeQueues(framework, open);

  it('says in sentences what is wrong with its settings', async () => {
    const sentences = await open().findWeaknesses();
    expect(sentences.filter((sentence) => !/^[A-Z].*\.$/.test(sentence))).toEqual([]);
  });
}
