/** Work that has to be done at least once, such as a notice to send again. */
export interface QueuedItem {
  readonly id: string;
  /** Whom it is about; removed with the user. Null where it is about nobody. */
  readonly userId: string | null;
  /** Text that the store does not read. It holds no secret and no address in the clear. */
  readonly body: string;
}

export interface QueueStore {
  /**
   * Adds an item that is due then; one of the same id is replaced. Atomic: with `most` in the queue, those due first make room,
   * and their number is returned.
   */
  enqueue(
    queue: string,
    item: QueuedItem,
    when: { readonly dueAt: number; readonly most: number },
  ): Promise<number>;
  /**
   * Takes the items that are due, at most `limit`, and puts each off until `untilAt`, so that no other process takes it too. What is
   * due after `latestAt` was put off by a clock ahead, and is taken as due. Atomic.
   */
  takeDue(
    queue: string,
    due: {
      readonly now: number;
      readonly latestAt?: number;
      readonly limit: number;
      readonly untilAt: number;
    },
  ): Promise<readonly QueuedItem[]>;
  /** Items of the queue, the first due first, whether or not they are due. */
  listQueued(queue: string, limit: number): Promise<readonly QueuedItem[]>;
  removeQueued(queue: string, id: string): Promise<void>;
  /** Removes every item about the user, in every queue. */
  removeQueuedOf(userId: string): Promise<void>;
}
